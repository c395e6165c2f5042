import AWSWire
package import FleetStore
import Foundation

/// The address of a fleet's table in DynamoDB, as a URL.
///
/// | URL | means |
/// |---|---|
/// | `dynamodb://TABLE` | a table of the account and Region that the caller works with |
/// | `dynamodb://arn:aws:dynamodb:us-east-1:123456789012:table/TABLE` | a table of any account and Region |
///
/// `?region=us-east-1` names the Region, `&prefix=TEXT` begins the keys, and `&endpoint=http://127.0.0.1:8000` is an emulator.
/// The address holds no secret: requests are signed with AWS credentials.
package struct DynamoDBAddress: Sendable, Equatable {
  /// The table as requests name it: its name or its ARN.
  package let table: String
  /// Nil if the caller's Region holds.
  package let region: String?
  /// The beginning of the keys, at most 120 bytes; may be empty.
  package let prefix: String
  /// Nil for AWS's own.
  package let endpoint: String?

  private static let prefixBytesMax = 120

  /// - Throws: `FleetStoreError` (`configuration`), whose message holds nothing of the URL but names of options.
  package init(_ url: String) throws(FleetStoreError) {
    let scheme = "dynamodb://"
    guard url.lowercased().hasPrefix(scheme) else { throw .table("has another scheme; it begins with dynamodb://") }
    let parts = url.dropFirst(scheme.count).split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let options = try Options(parts.count > 1 ? parts[1] : "")
    guard let named = String(parts[0]).removingPercentEncoding, let (table, tableRegion) = Self.table(named) else {
      throw .table("names no table; a table's name has 3 to 255 letters, digits and _ . - as in dynamodb://bedquota-fleet")
    }
    guard options.region == nil || tableRegion == nil || options.region == tableRegion else {
      throw .table("names two Regions; remove the option region, since the ARN of the table has one")
    }
    self.table = table
    region = options.region ?? tableRegion
    prefix = options.prefix
    endpoint = options.endpoint
    guard prefix.utf8.count <= Self.prefixBytesMax else {
      throw .table("has a prefix of more than \(Self.prefixBytesMax) bytes; use a shorter one")
    }
  }

  /// Source: docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html.
  private static func isName(_ text: some StringProtocol) -> Bool {
    3...255 ~= text.utf8.count
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
          UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }

  private static func table(_ text: String) -> (table: String, region: String?)? {
    guard text.hasPrefix("arn:") else { return isName(text) ? (text, nil) : nil }
    guard let arn = ARN(text), arn.service == "dynamodb", FleetStoreAddress.isRegion(arn.region), arn.resourceType == "table",
      arn.account.utf8.count == 12, arn.account.utf8.allSatisfy({ 48...57 ~= $0 }), isName(arn.resourceID)
    else { return nil }
    return (text, arn.region)
  }

  private struct Options {
    var region: String?
    var prefix = ""
    var endpoint: String?

    init(_ query: Substring) throws(FleetStoreError) {
      for option in query.split(separator: "&") {
        let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let value = String(parts[1]).removingPercentEncoding, !value.isEmpty else {
          throw .table("has an option without a value; write it as in ?region=us-east-1")
        }
        switch parts[0] {
        case "region":
          guard FleetStoreAddress.isRegion(value) else { throw .table("has a region that is none; write it like us-east-1") }
          region = value
        case "prefix": prefix = value
        case "endpoint":
          guard Self.isEndpoint(value) else {
            throw .table("has an endpoint that is none; write it like http://127.0.0.1:8000, without a user")
          }
          endpoint = value
        default: throw .table("has an option other than region, prefix and endpoint; remove it")
        }
      }
    }

    private static func isEndpoint(_ text: String) -> Bool {
      let host = text.hasPrefix("http://") ? text.dropFirst(7) : text.hasPrefix("https://") ? text.dropFirst(8) : ""
      return !host.isEmpty && host.utf8.allSatisfy { 33...126 ~= $0 } && !host.contains { "@?#".contains($0) }
    }
  }
}

extension DynamoDBAddress: CustomStringConvertible {
  /// The address without options.
  package var description: String { "dynamodb://\(table)" }
}

extension FleetStoreError {
  /// - Parameter problem: what is wrong, and what to do, as it follows "The address of the fleet's store".
  fileprivate static func table(_ problem: String) -> FleetStoreError {
    FleetStoreError(.configuration, "The address of the fleet's store \(problem).")
  }
}
