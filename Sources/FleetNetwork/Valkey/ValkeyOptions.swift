import FleetStore
import Foundation

/// What follows the question mark of a ``ValkeyAddress``.
struct ValkeyOptions {
  var prefix = ""
  /// The file of the authorities that are trusted.
  var trustedFile: String?
  /// The cache that a user logs in to by IAM, in lower case.
  var cacheName: String?
  var service: IAMCache.Service?
  var region: String?
  var sentinelUser: String?
  var sentinelPassword: Secret?

  private static let names = "prefix, ca, iam, service, region, sentinel_username and sentinel_password"

  init(_ query: Substring?) throws(FleetStoreError) {
    for option in (query ?? "").split(separator: "&") {
      var name = option
      let value = name.cut(at: "=")?.decoded ?? ""
      switch name {
      case "prefix": prefix = value
      case "ca": trustedFile = value
      case "iam":
        guard Self.isCacheName(value) else {
          throw .address("has an iam that is no cache's name; write the name that AWS shows, as in ?iam=my-cache")
        }
        cacheName = value.lowercased()
      case "service":
        guard let service = IAMCache.Service(rawValue: value) else {
          throw .address("has an unknown service; write elasticache, serverless or memorydb")
        }
        self.service = service
      case "region":
        guard FleetStoreAddress.isRegion(value) else { throw .address("has a region that is none; write it like us-east-1") }
        region = value
      case "sentinel_username":
        guard !value.isEmpty else { throw .address("has an empty sentinel_username; remove it, or write the user's name") }
        sentinelUser = value
      case "sentinel_password":
        guard !value.isEmpty else {
          throw .address("has no sentinel_password that is text; write it with %XX for characters that a URL can't hold")
        }
        sentinelPassword = Secret(value)
      default:
        throw .address("has an option other than \(Self.names); remove it")
      }
    }
    guard cacheName != nil || (service == nil && region == nil) else {
      throw .address("has a service or a region without iam; remove it, or name the cache as in ?iam=my-cache")
    }
    guard sentinelUser == nil || sentinelPassword != nil else {
      throw .address("has a sentinel_username without a sentinel_password; add it")
    }
  }

  /// Names of caches and clusters are letters, digits and hyphens; it becomes the host of a signature.
  private static func isCacheName(_ text: String) -> Bool {
    1...63 ~= text.utf8.count
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
          UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }
}

extension FleetStoreError {
  /// - Parameter problem: what is wrong, and what to do, as it follows "The address of the fleet's store".
  static func address(_ problem: String) -> FleetStoreError {
    FleetStoreError(.configuration, "The address of the fleet's store \(problem).")
  }
}

extension Substring {
  /// Cuts the text at the first of these characters, and returns what follows it; nil if there is none.
  mutating func cut(at character: Character) -> Substring? {
    guard let index = firstIndex(of: character) else { return nil }
    defer { self = self[..<index] }
    return self[self.index(after: index)...]
  }

  /// The text without its percent signs; nil if it isn't text.
  var decoded: String? { removingPercentEncoding }
}
