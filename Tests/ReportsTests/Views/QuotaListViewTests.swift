import Bedquota
import BedrockQuotas
import Foundation
import Reports
import Testing

struct QuotaListViewTests {
  private let view = QuotaListView(Sample.listing)

  @Test func quotasStandUnderTheirFamily() {
    #expect(
      view.text(usesColor: false) == """
        Nova
          QUOTA            SCOPE         MEASURE  APPLIED  DEFAULT  CHANGE   ADJUSTABLE  CODE
          Amazon Nova Pro  cross-region  rpm          200      500  lowered  yes         L-R
          Amazon Nova Pro  cross-region  tpm            –  800,000           no          L-T

        General
          QUOTA                        SCOPE  MEASURE  APPLIED  DEFAULT  CHANGE  ADJUSTABLE  CODE
          Characters in an agent name  other  size         100      100          –           L-O
        """)
  }

  @Test func whatWasLoweredIsRed() {
    #expect(
      view.text(usesColor: true).contains("\u{1B}[31m200\u{1B}[0m") && view.text(usesColor: true).hasPrefix("\u{1B}[1mNova"))
  }

  @Test func documentsHaveAColumnForTheFamily() {
    #expect(view.document.markdown().hasPrefix("| FAMILY | QUOTA |"))
  }

  @Test func spreadsheetsHaveEveryField() {
    let rows = view.sheet.csv().split(separator: "\n")
    #expect(rows[0].hasPrefix("region,code,name,family,subject,scope,endpoint,measure,variant,appliedValue"))
    #expect(rows.count == 4 && rows.contains { $0.hasPrefix("us-east-1,L-T,") && $0.contains(",tpm,,,800000,false,,") })
  }

  private struct Payload: Decodable {
    struct Quota: Decodable {
      var code: String
      var appliedValue: Double?
      var defaultValue: Double?
      var adjustable: Bool?
    }
    var region: String
    var quotas: [Quota]?
    var error: String?
  }

  @Test func unknownValuesAreAbsentFromJSON() throws {
    let payload = try JSONDecoder().decode(Payload.self, from: Data(view.json().utf8))
    let tokens = try #require(payload.quotas?.first { $0.code == "L-T" })
    #expect(payload.region == "us-east-1" && tokens.appliedValue == nil && tokens.defaultValue == 800_000)
    #expect(payload.quotas?.first { $0.code == "L-O" }?.adjustable == nil)
  }

  @Test func namesAreEscapedInJSON() throws {
    let name = "a \"quote\"\n\\ and \u{1}"
    let quota = Quota(code: name, name: QuotaName("x"), family: "General")
    let listing = QuotaListing(QuotaInventory(region: "r", quotas: [quota]), pages: 1, filter: QuotaFilter())
    let payload = try JSONDecoder().decode(Payload.self, from: Data(QuotaListView(listing).json().utf8))
    #expect(payload.quotas?.map(\.code) == [name])
  }

  @Test func aFilterLeavesTheTotalAlone() {
    let filtered = QuotaListing(Sample.inventory, pages: 2, filter: QuotaFilter(measure: .rpm))
    #expect(filtered.summary == "3 quotas from 2 pages in us-east-1, 1 shown")
    #expect(Sample.listing.summary == "3 quotas from 2 pages in us-east-1")
  }

  @Test func anUnknownFamilyIsNamed() {
    #expect([Sample.listing].noteOnUnknownFamily("nova") == nil && [Sample.listing].noteOnUnknownFamily(nil) == nil)
    #expect([Sample.listing].noteOnUnknownFamily("Lama") == "There is no family Lama; there are General, Nova.")
  }

  @Test func aRegionThatFailedIsNoColumn() throws {
    let view = RegionsView([
      Sample.listing, QuotaListing(PlaceFailure(Place(account: nil, region: "eu-west-9"), error: "no such host")),
    ])
    #expect(
      view.text(usesColor: false) == """
        QUOTA                        SCOPE         MEASURE  us-east-1  CODE
        Amazon Nova Pro              cross-region  rpm            200  L-R
        Amazon Nova Pro              cross-region  tpm      (800,000)  L-T
        Characters in an agent name  other         size           100  L-O
        """)
    #expect(view.failures.map(\.words) == ["eu-west-9: no such host"] && view.noteOnDefaults != nil)
    let payload = try JSONDecoder().decode([Payload].self, from: Data(view.json().utf8))
    #expect(payload.map(\.error) == [nil, "no such host"] && payload[1].quotas == nil)
  }
}
