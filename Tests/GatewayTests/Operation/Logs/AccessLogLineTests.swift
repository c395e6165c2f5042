import AWSWire
import Bedquota
import BedrockQuotas
import Foundation
import Testing

@testable import Gateway

@Suite struct AccessLogLineTests {
  private func text(_ record: RequestRecord) -> String { String(decoding: AccessLogLine(record).bytes, as: UTF8.self) }

  private var record: RequestRecord {
    RequestRecord(atMilliseconds: 1_795_957_200_045, id: "r1", method: "POST", path: "/model/m/converse", operation: .page)
  }

  @Test func aShortLineSaysWhatIsKnown() {
    #expect(
      text(record) == """
        {"time":"2026-11-29T13:00:00.045Z","request_id":"r1","method":"POST","path":"/model/m/converse","operation":"Page",\
        "outcome":"succeeded","took_ms":0,"waited_ms":0,"attempts":0,"bytes_in":0,"bytes_out":0}

        """)
  }

  @Test func aLongLineIsJSON() throws {
    var record = record
    record.operation = .invocation(.messages)
    record.waits = [
      .init(code: "L-A", measure: .tpm, duration: .microseconds(12_034)), .init(code: nil, measure: .tpd, duration: .seconds(1)),
    ]
    record.took = .microseconds(1_012_100)
    record.usage = TokenUsage(input: 10, output: 5, cacheRead: 7)
    record.isEstimate = true
    record.isStream = true
    record.status = 200
    record.reserved = 4_096
    (record.route, record.moves) = ("m@us-west-2/own", 2)
    let line = try #require(try JSONSerialization.jsonObject(with: Data(text(record).utf8)) as? [String: Any])
    #expect(line["took_ms"] as? Double == 1_012.1)
    #expect(line["waited_ms"] as? Double == 1_012.034)
    let waits = try #require(line["waits"] as? [[String: Any]])
    #expect(waits.count == 2 && waits[0]["quota"] as? String == "L-A" && waits[1]["quota"] == nil)
    #expect(line["input_tokens"] as? Int == 10 && line["cache_read_tokens"] as? Int == 7 && line["cache_write_tokens"] == nil)
    #expect(line["estimated"] as? Bool == true && line["stream"] as? Bool == true && line["reserved"] as? Int == 4_096)
    #expect(line["route"] as? String == "m@us-west-2/own" && line["moved"] as? Int == 2)
  }

  /// A path is a stranger's text: it must not end the line, nor steer the terminal of whoever reads it.
  @Test func textThatIsNotPlainIsEscaped() throws {
    var record = record
    let hostile = "/a\"b\\c\n\u{1B}[2J\u{9B}x\u{202E}é\u{1F600}"
    record.path = hostile
    let line = text(record)
    #expect(line.unicodeScalars.filter { $0.value < 0x20 } == ["\n"])
    #expect(!line.unicodeScalars.contains { $0 == "\u{9B}" || $0 == "\u{202E}" })
    let members = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    #expect(members["path"] as? String == hostile)
  }
}
