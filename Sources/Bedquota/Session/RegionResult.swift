/// The result of ``BedquotaSession/inEachRegion(_:_:)`` in one Region.
public struct RegionResult<Value: Sendable>: Sendable {
  /// The Region's name, `us-east-1`.
  public let region: String
  /// The value, or why there is none.
  public let result: Result<Value, any Error>
}
