/// The capacity with both readings of the reservation: without the burndown, as AWS's text says, and with it, as users who met the
/// limit say. Nobody outside AWS knows which holds, so every figure that depends on it is a range.
///
/// ```swift
/// let range = CapacityRange(of: workload, under: resolver.resolve(id))
/// print(range.bounds { $0.requestsAtOnce.map(Double.init) })
/// ```
public struct CapacityRange: Sendable {
  /// The capacity if the reservation counts max_tokens once.
  public let plain: Capacity
  /// The capacity if the reservation counts the burndown too; nil if that is the same, or the burndown is unknown.
  public let strict: Capacity?

  /// The ends of a figure, both included.
  public struct Bounds: Sendable, Equatable {
    public var lower: Double
    public var upper: Double

    init(_ one: Double, _ other: Double) { (lower, upper) = (min(one, other), max(one, other)) }

    /// The ends of any two equal figures are one.
    public var isWide: Bool { upper > lower }
  }

  /// - Parameter outputBurndown: replaces the known burndown, 1 to 1,000.
  public init(of workload: Workload, under resolution: Resolution, outputBurndown: Int? = nil) {
    plain = Capacity(of: workload, under: resolution, outputBurndown: outputBurndown)
    let strict = Capacity(of: workload, under: resolution, outputBurndown: outputBurndown, reservesBurndown: true)
    // Only requests with a reservation of tokens are concerned.
    let concerns = (plain.outputBurndown ?? 1) > 1 && plain.cost.reservedOutput != nil && plain.tokenLimit != nil
    self.strict = concerns ? strict : nil
  }

  /// Both ends of a figure; nil if it is unknown with either reading, or there is only one.
  public func bounds(_ figure: (Capacity) -> Double?) -> Bounds? {
    guard let strict, let one = figure(plain), let other = figure(strict) else { return nil }
    return Bounds(one, other)
  }
}
