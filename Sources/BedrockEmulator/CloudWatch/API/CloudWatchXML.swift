import AWSServer
import AWSWire
import Foundation

/// A reply of CloudWatch's query protocol, from the JSON that awsJson1_0 would have.
enum CloudWatchXML {
  static let namespace = "http://monitoring.amazonaws.com/doc/2010-08-01/"

  static func reply(_ operation: String, _ result: JSONValue, requestID: String) -> Data {
    var xml = "<\(operation)Response xmlns=\"\(namespace)\">"
    write(result, as: "\(operation)Result", to: &xml)
    xml += "<ResponseMetadata><RequestId>\(requestID)</RequestId></ResponseMetadata></\(operation)Response>\n"
    return Data(xml.utf8)
  }

  private static func write(_ value: JSONValue, as name: String, to xml: inout String) {
    xml += "<\(name)>"
    switch value {
    case .array(let elements):
      // A list of times has the type of its name, its elements the name `member`.
      for element in elements { write(isTime(name) ? time(element) : element, as: "member", to: &xml) }
    case .object(let members) where name == "ExtendedStatistics":
      for member in members {
        xml += "<entry>"
        write(.string(member.name), as: "key", to: &xml)
        write(member.value, as: "value", to: &xml)
        xml += "</entry>"
      }
    case .object(let members):
      for member in members { write(isTime(member.name) ? time(member.value) : member.value, as: member.name, to: &xml) }
    case .string(let text): xml += ServedService.escape(text)
    default: xml += value.text
    }
    xml += "</\(name)>"
  }

  private static func isTime(_ name: String) -> Bool { name.hasSuffix("Timestamp") || name == "Timestamps" }

  /// Seconds since 1970 as a date and time; any other value as it is.
  private static func time(_ value: JSONValue) -> JSONValue {
    guard let seconds = value.double else { return value }
    return .string(Date(timeIntervalSince1970: seconds).ISO8601Format())
  }
}
