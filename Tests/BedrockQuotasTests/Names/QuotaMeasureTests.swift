import BedrockQuotas
import Foundation
import Testing

struct QuotaMeasureTests {
  @Test(arguments: QuotaMeasure.allCases)
  func namesAreStable(measure: QuotaMeasure) throws {
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
