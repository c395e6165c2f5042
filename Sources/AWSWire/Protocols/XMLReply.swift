package import Foundation

/// An element of a reply in XML of AWS's query protocol.
package struct XMLElement: Sendable, Equatable {
  package var name: String
  /// What stands between its tags, without white space at both ends.
  package var text = ""
  package var children: [XMLElement] = []

  /// The first child of a name; nil if there is none.
  package subscript(_ name: String) -> XMLElement? { children.first { $0.name == name } }

  /// - Throws: ``XMLReply/Refusal`` if there is no child of this name.
  package func required(_ name: String) throws(XMLReply.Refusal) -> XMLElement {
    guard let child = self[name] else { throw XMLReply.Refusal(reason: "\(self.name) has no \(name)") }
    return child
  }
}

/// Reads XML of AWS's query protocol, whose replies are small and flat: elements with texts, whose attributes say nothing.
///
/// Everything else is refused: declarations, entities of the document's own, comments, and what is not well formed. Foundation's parser
/// ends the process at some of it (swift-corelibs-foundation 6.3), and descends by recursion.
package enum XMLReply {
  /// Why a document isn't read.
  package struct Refusal: Error {
    package var reason: String
  }

  /// More than any reply of STS nests.
  static let depthMax = 32
  static let bytesMax = 1_024 * 1_024
  static let elementsMax = 20_000

  /// The root element.
  /// - Throws: ``Refusal``.
  package static func read(_ body: Data) throws(Refusal) -> XMLElement {
    guard body.count <= bytesMax else { throw Refusal(reason: "over \(bytesMax) bytes") }
    let bytes = [UInt8](body)
    guard String(validating: bytes, as: UTF8.self) != nil else { throw Refusal(reason: "not UTF-8") }
    var reader = XMLReader(bytes)
    return try reader.root()
  }
}
