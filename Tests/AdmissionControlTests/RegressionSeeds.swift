/// Seeds that broke a rule, and what was wrong: whoever finds one adds it here with its repair. They stay, and must not break one again.
enum RegressionSeeds {
  struct Row: Sendable, CustomStringConvertible {
    var seed: UInt64
    var minutes = 10.0
    /// What was wrong.
    var why: String

    var description: String { "\(seed): \(why)" }
  }

  static let all: [Row] = []
}
