import RoutingSimulation
import SimulationSupport

/// Variants of our own rule, to judge it.
enum Rules {
  struct Variant: Sendable {
    var name: String
    var rule = OurRoutes.Rule()
    var foretellsCache = true

    /// Words with commas between them: what differs from the usual rule. A number is that of `Price.ownWait`. nil if one is none of these.
    init?(_ name: String) {
      self.name = name
      for word in name.split(separator: ",") {
        switch word {
        case "least": rule.placement = .leastWait
        case "never": rule.price = .never
        case "everybody": rule.price = .everybodysWait
        case "blind": foretellsCache = false
        default:
          guard let times = Double(word), times >= 0 else { return nil }
          rule.price = .ownWait(times)
        }
      }
    }
  }

  static let usual = ["everybody", "everybody,least", "1", "1,least", "4", "16", "never", "everybody,blind"]

  static func table(_ loads: [Comparison.Load], _ variants: [Variant], _ length: Length) async -> String {
    let inputs = loads.flatMap { load in ([nil] + variants).flatMap { variant in length.seeds.map { (load, variant, $0) } } }
    let tallies = await Trials.map(inputs) { load, variant, seed in
      var scenario = Comparison.scenario(load, seed: seed, length)
      scenario.foretellsCache = variant?.foretellsCache ?? true
      return (variant.map { RouteContender.ours($0.rule) } ?? .perfectStickiness).play(scenario)
    }
    let count = length.seeds.count
    let rows = stride(from: 0, to: inputs.count, by: count).map { index in
      [inputs[index].0.name, inputs[index].1?.name ?? "perfect stickiness"]
        + Row.figures(.sum(Array(tallies[index..<index + count])))
    }
    return Format.table([Row.head] + rows, toTheRight: Set(2...10))
  }
}
