import AWSWire
public import BedrockQuotas

extension BedquotaSession {
  /// Every Region of this session's partition that has a Bedrock endpoint, by the dated facts.
  /// - Throws: ``BedquotaError`` (`region`) if none is known.
  public func regionsWithBedrock(facts: Facts = .builtIn) throws -> [String] {
    let partition = Partition.of(region: region.isEmpty ? "us-east-1" : region)
    guard let regions = facts.regions[partition.id], !regions.isEmpty else {
      throw BedquotaError(
        .region,
        "No Region of the partition \(partition.id) is known to have Bedrock; name the Regions, with commas between them.",
        parameters: ["region"])
    }
    return regions
  }

  /// Finds the credentials, so that their absence shows before anything is called.
  /// - Throws: `AWSClientError` (`credentials`).
  package func requireCredentials() async throws {
    guard try await client.configuration.credentials.credentials() == nil else { return }
    throw AWSClientError(.credentials, "No AWS credentials.")
  }

  /// Runs `body` in several Regions at the same time.
  /// - Returns: a result for each Region, in the order of `regions`; a failure in one of them is a result like the others.
  public func inEachRegion<Value: Sendable>(
    _ regions: [String], _ body: @escaping @Sendable (BedquotaSession) async throws -> Value
  ) async -> [RegionResult<Value>] {
    let results = await regions.concurrentMap { region in try await body(try with(region: region)) }
    return zip(regions, results).map { RegionResult(region: $0, result: $1) }
  }
}
