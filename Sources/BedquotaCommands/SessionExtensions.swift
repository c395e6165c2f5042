import AWSClient
import Bedquota
import BedrockQuotas

extension BedquotaSession {
  /// Models and profiles, or nothing and a word about it where they can't be read: ids then resolve by rule.
  func catalogOrEmpty(_ console: Console) async -> ModelCatalog {
    do {
      return try await discovery.catalog()
    } catch {
      let why = (error as? AWSClientError)?.message ?? "\(error)"
      console.note("bedquota: models and profiles can't be listed, so ids are read by rule alone. \(why)")
      return .empty
    }
  }

  /// Every Region of this session's partition that has a Bedrock endpoint, by the dated facts.
  func regionsOfPartition(facts: Facts) -> [String] {
    facts.regions[Partition.of(region: region.isEmpty ? "us-east-1" : region).id] ?? []
  }
}
