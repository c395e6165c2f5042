import RoutingSimulation
import SimulationSupport

/// Everything that is compared: the tables of docs/routing.md and its picture.
struct Report: Sendable {
  var length: Length
  var cells: [Comparison.Cell]
  var trouble: [Trouble.Result]
  var fairness: [(fairness: Fairness.Case, parts: [Double])]
  var stuck: [[String]]

  static func play(_ length: Length) async -> Report {
    await Report(
      length: length, cells: Comparison.play(length), trouble: Trouble.play(length), fairness: Fairness.play(length),
      stuck: Stuck.rows(length))
  }

  var goals: [Goals.Row] { Goals.rows(cells, fairness) }

  var markdown: String {
    let seeds = length.seeds.map { "\($0)" }.joined(separator: ", ")
    return """
      Seeds: \(seeds). Measured: each for \(Format.fixed(length.minutes, 0)) virtual minutes, after \(Format.fixed(Length.warmUp, 0)).

      \(Markdown.table(Row.head, cells.map { [$0.load.name, $0.contender.name] + Row.figures($0.tally) }, toTheRight: 2...8))

      ### A scope in trouble

      At 50 % of the quotas, in minutes 12 to 17.

      \(Markdown.table(Trouble.head, Trouble.rows(trouble), toTheRight: 2...7))

      ### Long conversations that all began at one scope

      140 users with conversations of 200 to 400 turns, on 1,000,000, 600,000 and 400,000 tokens per minute. The two smaller scopes answer 503 for the first three minutes.

      \(Markdown.table(Stuck.head, stuck, toTheRight: 1...5))

      ### Goals

      \(Markdown.table(["what", "goal", "measured", "met"], goals.map { [$0.what, $0.goal, $0.measured, $0.isMet ? "yes" : "no"] }, toTheRight: 1...2))
      """
  }
}
