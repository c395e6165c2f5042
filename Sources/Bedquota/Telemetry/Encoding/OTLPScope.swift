import AWSWire

/// What of a program made spans or metrics.
package struct OTLPScope: Sendable, Hashable {
  package var name: String
  package var version: String

  package init(_ name: String, version: String = BedquotaVersion.current) { (self.name, self.version) = (name, version) }

  /// This library.
  package static let library = OTLPScope("bedquota")

  var json: JSONValue { ["name": .string(name), "version": .string(version)] }
}
