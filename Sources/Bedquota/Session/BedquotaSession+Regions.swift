import AWSClient
import AWSWire
public import BedrockQuotas

extension BedquotaSession {
  /// Every Region of this session's partition that has a Bedrock endpoint, by the dated facts.
  /// - Throws: ``AWSClientError`` (`region`) where none is known.
  public func regionsWithBedrock(facts: Facts = .builtIn) throws -> [String] {
    let partition = Partition.of(region: region.isEmpty ? "us-east-1" : region)
    guard let regions = facts.regions[partition.id], !regions.isEmpty else {
      throw AWSClientError(.region, "No Region of the partition \(partition.id) is known to have Bedrock; name them with commas.")
    }
    return regions
  }

  /// Does the same in several Regions at once; one that fails is a result like the others, in the order asked for.
  public func inEachRegion<Value: Sendable>(
    _ regions: [String], _ body: @escaping @Sendable (BedquotaSession) async throws -> Value
  ) async -> [(region: String, result: Result<Value, any Error>)] {
    await withTaskGroup(of: (Int, Result<Value, any Error>).self) { group in
      for (index, region) in regions.enumerated() {
        group.addTask {
          do {
            return (index, .success(try await body(try with(region: region))))
          } catch {
            return (index, .failure(error))
          }
        }
      }
      var results: [(Int, Result<Value, any Error>)] = []
      for await result in group { results.append(result) }
      return results.sorted { $0.0 < $1.0 }.map { (regions[$0.0], $0.1) }
    }
  }
}
