import BedrockQuotas
import Testing

struct QuotaInventoryTests {
  private func quota(_ code: String, _ name: String, applied: Double? = nil, defaults: Double? = nil) -> Quota {
    let name = QuotaName(name)
    return Quota(
      code: code, name: name, appliedValue: applied, defaultValue: defaults, family: Facts.builtIn.family(of: name.subject))
  }

  @Test func theTwoListsAreUnited() throws {
    let inventory = QuotaInventory(
      region: "us-east-1",
      applied: [quota("L-1", "Agents per account", applied: 0), quota("L-2", "Flows per account", applied: 9)],
      defaults: [
        quota("L-1", "Agents per account", defaults: 5),
        quota("L-3", "On-demand InvokeModel tokens per minute for Foo", defaults: 7),
      ])
    let byCode = Dictionary(uniqueKeysWithValues: inventory.quotas.map { ($0.code, $0) })
    #expect(byCode.count == 3)
    #expect(byCode["L-1"]?.appliedValue == 0 && byCode["L-1"]?.defaultValue == 5 && byCode["L-1"]?.change == .lowered)
    #expect(byCode["L-2"]?.appliedValue == 9 && byCode["L-2"]?.defaultValue == nil && byCode["L-2"]?.change == nil)
    #expect(byCode["L-3"]?.appliedValue == nil && byCode["L-3"]?.value == 7)
    #expect(inventory.quotas.map(\.family) == ["Foo", "General", "General"], "General goes last")
  }

  @Test func filters() {
    let nova = quota("L-AB", "Cross-region model inference tokens per minute for Amazon Nova Pro")
    #expect(QuotaFilter().matches(nova))
    #expect(QuotaFilter(family: "nova", scope: .crossRegion, measure: .tpm, search: "PRO l-ab", codes: ["L-AB"]).matches(nova))
    #expect(!QuotaFilter(family: "Claude").matches(nova))
    #expect(!QuotaFilter(scope: .onDemand).matches(nova))
    #expect(!QuotaFilter(measure: .rpm).matches(nova))
    #expect(!QuotaFilter(search: "pro lite").matches(nova))
    #expect(!QuotaFilter(codes: []).matches(nova))
  }
}
