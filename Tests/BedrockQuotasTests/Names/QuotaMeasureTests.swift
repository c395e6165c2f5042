import BedrockQuotas
import Foundation
import Testing

struct QuotaMeasureTests {
  /// They are options, JSON values and CSV cells of programs that others wrote.
  @Test func namesAreStable() {
    #expect(
      QuotaMeasure.allCases.map(\.rawValue) == [
        "rpm", "tpm", "input-tpm", "output-tpm", "tpd", "concurrent", "model-units", "rate", "count", "size", "other",
      ])
    #expect(
      QuotaScope.allCases.map(\.rawValue) == [
        "on-demand", "cross-region", "global", "custom-deployment", "latency-optimized", "provisioned", "batch", "mantle",
        "other",
      ])
    #expect(QuotaVariant.allCases.map(\.rawValue) == ["1m-context", "latency-optimized", "mantle"])
    #expect(QuotaEndpoint.allCases.map(\.rawValue) == ["runtime", "mantle"])
  }

  @Test(arguments: QuotaMeasure.allCases)
  func measuresAreTextInJSON(measure: QuotaMeasure) throws {
    #expect(QuotaMeasure(rawValue: measure.rawValue) == measure)
    let json = try JSONEncoder().encode([measure])
    #expect(String(decoding: json, as: UTF8.self) == "[\"\(measure.rawValue)\"]")
    #expect(try JSONDecoder().decode([QuotaMeasure].self, from: json) == [measure])
  }

  @Test func unknownNamesAreRefused() {
    #expect(QuotaMeasure(rawValue: "RPM") == nil && QuotaScope(rawValue: "") == nil)
    #expect(throws: DecodingError.self) { try JSONDecoder().decode([QuotaScope].self, from: Data(#"["nowhere"]"#.utf8)) }
  }

  @Test(arguments: [
    ("Model units no-commitment Provisioned Throughputs across base models", true, false),
    ("Model units no-commitment Provisioned Throughputs across custom models", false, true),
    ("Model units per provisioned model for Amazon Nova Pro", false, false),
  ])
  func modelUnitsOfAllModels(name: String, base: Bool, custom: Bool) {
    let name = QuotaName(name)
    #expect(name.isAcrossBaseModels == base && name.isAcrossCustomModels == custom && name.measure == .modelUnits)
  }
}
