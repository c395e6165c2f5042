import RoutingSimulation
import SimulationSupport

/// The product's rule beside simpler ones, to judge it.
enum Rules {
  struct Variant: Sendable {
    var name: String
    /// nil: the product's.
    var rule: StickyRoutes.Rule?
    var foretellsCache = true

    /// Words with commas between them: `product`, or a price, which is `never` or a number of `Price.ownWait`, perhaps with `least`; and
    /// `blind`. nil if one is none of these.
    init?(_ name: String) {
      self.name = name
      for word in name.split(separator: ",") {
        switch word {
        case "product": rule = nil
        case "least":
          guard rule != nil else { return nil }
          rule?.placement = .leastWait
        case "never": rule = .init(price: .never)
        case "blind": foretellsCache = false
        default:
          guard let times = Double(word), times >= 0 else { return nil }
          rule = .init(price: .ownWait(times))
        }
      }
    }

    var contender: RouteContender { rule.map { .sticky($0) } ?? .bedquota }
  }

  static let usual = ["product", "1", "1,least", "4", "16", "never", "product,blind"]

  static func table(_ loads: [Comparison.Load], _ variants: [Variant], _ length: Length) async -> String {
    let inputs = loads.flatMap { load in ([nil] + variants).flatMap { variant in length.seeds.map { (load, variant, $0) } } }
    let tallies = await Trials.map(inputs) { load, variant, seed in
      var scenario = Comparison.scenario(load, seed: seed, length)
      scenario.foretellsCache = variant?.foretellsCache ?? true
      return (variant?.contender ?? .perfectStickiness).play(scenario)
    }
    let count = length.seeds.count
    let rows = stride(from: 0, to: inputs.count, by: count).map { index in
      [inputs[index].0.name, inputs[index].1?.name ?? "perfect stickiness"]
        + Row.figures(.sum(Array(tallies[index..<index + count])))
    }
    return Format.table([Row.head] + rows, toTheRight: Set(2...10))
  }
}
