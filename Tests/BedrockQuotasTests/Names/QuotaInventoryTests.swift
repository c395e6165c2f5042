import BedrockQuotas
import Testing

struct QuotaInventoryTests {
  private func quota(_ code: String, _ name: String, applied: Double? = nil, defaults: Double? = nil) -> Quota {
    let name = QuotaName(name)
    return Quota(
      code: code, name: name, appliedValue: applied, defaultValue: defaults, family: Facts.builtIn.family(of: name.subject))
  }

  @Test func byCodeAndNoneTwice() {
    let inventory = QuotaInventory(
      region: "us-east-1",
      quotas: [
        quota("L-3", "On-demand InvokeModel tokens per minute for Foo", defaults: 7),
        quota("L-1", "Agents per account", applied: 0, defaults: 5),
        quota("L-2", "Flows per account", applied: 9), quota("L-1", "Agents per account", applied: 1),
      ])
    #expect(inventory.quotas.map(\.code) == ["L-1", "L-2", "L-3"])
    #expect(inventory.quotas[0].appliedValue == 0 && inventory.quotas[0].change == .lowered)
    #expect(inventory.quotas[1].change == nil && inventory.quotas[1].value == 9 && inventory.quotas[2].value == 7)
    #expect(inventory.quotas.groupedForReading().map(\.family) == ["Foo", "General", "General"], "General goes last")
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
