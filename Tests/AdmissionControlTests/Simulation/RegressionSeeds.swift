/// Seeds that broke a rule, and what was wrong: whoever finds one adds it here with its repair. They stay, and must not break one again.
enum RegressionSeeds {
  struct Row: Sendable, CustomStringConvertible {
    var seed: UInt64
    var minutes = 10.0
    /// What was wrong.
    var why: String

    var description: String { "\(seed): \(why)" }
  }

  static let all = [
    Row(seed: 25, why: "the timer was set by a level that nobody had refilled, so that it went off too late"),
    Row(seed: 41, why: "the same, with input and output tokens"),
    Row(seed: 312, why: "a limit of 1 times a scale below 1 was 0, and nobody was ever let in again"),
    Row(seed: 987, why: "the same"),
    Row(seed: 135, why: "a strict window as large as the scaled limit never held a request between it and the limit"),
    Row(seed: 261, why: "the same"),
  ]
}
