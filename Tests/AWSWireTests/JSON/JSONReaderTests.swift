import AWSWire
import Foundation
import Testing

struct JSONReaderTests {
  private func isJSON(_ text: String) -> Bool {
    var reader = JSONReader(Array(text.utf8))
    do {
      try reader.skipValue()
      try reader.readEnd()
      return true
    } catch {
      return false
    }
  }

  @Test(arguments: [
    "{}", "[]", " [ 1 , -2.5e3 , \"a\\\"b\\u00e9\" , true , false , null , {\"a\" : [ ] } ] \n", "0", "-0.1", "\"\"", "1e300",
    "[[[[]]]]",
  ])
  func isRead(text: String) { #expect(isJSON(text)) }

  @Test(arguments: [
    "", " ", "{", "[1,]", "{\"a\":1,}", "{\"a\"}", "{a:1}", "[1 2]", "tru", "nul", "\"a", "\"a\nb\"", "01", "1e400", "+1", "1.",
    ".5",
    "--1", "[1]]", "{}{}", "'a'", "\u{0}",
    #""\x""#, #""\u12g4""#, #""\u+123""#, #"{"\ontent":1}"#, #""\u12""#,
    String(repeating: "[", count: 100_000),
  ])
  func isRefused(text: String) { #expect(!isJSON(text)) }

  @Test(arguments: [
    (#""plain""#, "plain"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"), (#""é\u00e9""#, "éé"), (#""\ud83d\ude00!""#, "😀!"),
    (#""😀""#, "😀"),
  ])
  func texts(json: String, text: String) throws {
    var reader = JSONReader(Array(json.utf8))
    #expect(try reader.readString() == text)
  }

  @Test(arguments: [
    ("0", 0.0), ("11.0", 11), ("-5", -5), ("123456789012345678", 1.2345678901234568e17), ("99999999999999", 99_999_999_999_999),
    ("1e3", 1_000), ("0.1", 0.1),
  ])
  func numbers(json: String, value: Double) throws {
    var reader = JSONReader(Array(json.utf8))
    #expect(try reader.readNumber() == value)
  }

  /// A page cut or changed at any byte is read as Foundation reads it, or refused; it never traps.
  @Test func everyMutationOfAPage() throws {
    let page =
      #"{"NextToken":"a\u002b","Quotas":[{"QuotaCode":"L-1","QuotaName":"x \"y\"","Value":11.0,"Unit":"None","Adjustable":true,"UsageMetric":{"MetricNamespace":"A","MetricName":"B","MetricDimensions":{"C":"D"}},"Period":{"PeriodValue":1}},{"QuotaCode":"L-2","Value":null}]}"#
    let bytes = Array(page.utf8)
    #expect(try QuotaPage<ListedQuota>(json: Data(bytes)).quotas.map(\.usageMetric) == ["A B", nil])
    for index in bytes.indices {
      #expect(throws: JSONReader.Failure.self) { try QuotaPage<ListedQuota>(json: Data(bytes[..<index])) }
      for byte in "{}[]\",:\\0a \n".utf8 {
        var changed = bytes
        changed[index] = byte
        let ours = try? QuotaPage<ListedQuota>(json: Data(changed))
        guard let theirs = try? JSONDecoder().decode(ServiceQuotaPage.self, from: Data(changed)) else { continue }
        // Foundation lets an escape or a name of another member through that stands where we need none.
        if let ours {
          #expect(ours.nextToken == theirs.nextToken && ours.quotas.map(\.code) == theirs.quotas.map(\.quotaCode))
          #expect(ours.quotas.map(\.value) == theirs.quotas.map(\.value))
        }
      }
    }
  }
}
