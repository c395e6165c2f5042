/// Rows that stay together: the quotas of a pool, the budgets of a caller, the candidates of a route.
struct LiveGroup {
  var rows: [Row]
  /// What the group is sorted by.
  var name: String
  var fullness: Double?
  var waiting: Double?
  var longestWait: Double?
  var throttles: Double?
  var requests: Double?
  /// Whether something goes on.
  var isBusy: Bool

  struct Row {
    var cells: [LiveCell]
    /// What a filter looks in, in lower case.
    var text: String
  }

  /// The rows that have each of these words.
  func rows(with words: [String]) -> [Row] { words.isEmpty ? rows : rows.filter { row in words.allSatisfy(row.text.contains) } }
}
