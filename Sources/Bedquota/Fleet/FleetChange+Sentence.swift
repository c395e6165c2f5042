import AdmissionControl
import FleetStore

extension FleetChange {
  /// The change for people; nil if it isn't worth a line.
  /// - Parameter label: what the scope is called.
  func sentence(_ label: String) -> String? {
    switch self {
    case .joined: nil
    case .storeAway(let part, let reason) where part > 0:
      "The fleet's store is away; \(label) goes on with \(Self.percent(part)) of the quota. \(reason)"
    case .storeAway(_, let reason): "The fleet's store is away; requests to \(label) wait for it. \(reason)"
    case .storeBack: "The fleet's store answers again; \(label) shares the quota as before."
    case .storeWasEmpty: "The fleet's store has lost what it knew of \(label), and has it from its members again."
    case .limits(let limits, isLearnt: true):
      "The service throttled the fleet at \(label); it keeps to \(Self.text(limits)) until that changes."
    case .limits(let limits, isLearnt: false): "The limits of \(label) are \(Self.text(limits)) now, for the whole fleet."
    }
  }

  private static func text(_ limits: [Limit]) -> String {
    limits.map { "\($0.value) \($0.measure.name)" }.joined(separator: ", ")
  }

  private static func percent(_ part: Double) -> String { "\(max(1, Int((part * 100).rounded()))) %" }
}
