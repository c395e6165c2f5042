/// A column of the live screen.
struct LiveColumn {
  enum Kind { case text, number, bar, curve }

  var title: String
  /// Where there is less room.
  var short: String
  var kind: Kind
  /// The column with the largest one goes first if there is too little room; 0: never.
  var rank: Int
  /// Whether the rows of a group have the same value, which is shown once.
  var isShared = false

  static func text(_ title: String, _ short: String? = nil, rank: Int = 0, isShared: Bool = true) -> LiveColumn {
    LiveColumn(title: title, short: short ?? title, kind: .text, rank: rank, isShared: isShared)
  }

  static func number(_ title: String, _ short: String? = nil, rank: Int = 0, isShared: Bool = false) -> LiveColumn {
    LiveColumn(title: title, short: short ?? title, kind: .number, rank: rank, isShared: isShared)
  }

  static func bar(_ title: String, rank: Int) -> LiveColumn { LiveColumn(title: title, short: title, kind: .bar, rank: rank) }

  static func curve(_ title: String, _ short: String, rank: Int) -> LiveColumn {
    LiveColumn(title: title, short: short, kind: .curve, rank: rank, isShared: true)
  }
}
