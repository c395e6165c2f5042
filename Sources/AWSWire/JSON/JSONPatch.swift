/// Changes one value of a JSON text and leaves every other byte as it is.
package enum JSONPatch {
  /// - Parameters:
  ///   - path: names of members, from the outermost object inwards. Objects that are missing are added.
  ///   - value: replaces the value at the path, or is added at the end of its object.
  ///   - bytes: the text of an object.
  /// - Throws: ``JSONReader/Failure`` if the text is not a JSON object.
  package static func setting(_ path: [String], to value: JSONValue, in bytes: [UInt8]) throws(JSONReader.Failure) -> [UInt8] {
    var patched = bytes
    var rest = path[...]
    var start = 0
    while let name = rest.popFirst() {
      let object = try Object(bytes, at: start, member: name)
      // The outer objects are there: go on inside.
      if !rest.isEmpty, let found = object.found, bytes[found.lowerBound] == UInt8(ascii: "{") {
        start = found.lowerBound
        continue
      }
      let inner = rest.reversed().reduce(value) { .object([.init($1, $0)]) }
      if let found = object.found {
        patched.replaceSubrange(found, with: inner.data)
      } else {
        let comma = object.isEmpty ? "" : ","
        patched.insert(
          contentsOf: comma.utf8 + JSONValue.object([.init(name, inner)]).data.dropFirst().dropLast(), at: object.end)
      }
      break
    }
    return patched
  }

  /// Where an object's parts are, in bytes from the start of the text.
  private struct Object {
    /// The closing brace.
    var end = 0
    var isEmpty = true
    /// The value of the member that was looked for, the last one of several; nil if there is none.
    var found: Range<Int>?

    init(_ bytes: [UInt8], at start: Int, member wanted: String) throws(JSONReader.Failure) {
      var reader = JSONReader(bytes, at: start)
      var (isEmpty, found): (Bool, Range<Int>?) = (true, nil)
      try reader.readObject { reader, name throws(JSONReader.Failure) in
        isEmpty = false
        let valueStart = reader.position
        try reader.skipValue()
        if reader.text(of: name) == wanted { found = valueStart..<reader.position }
      }
      (end, self.isEmpty, self.found) = (reader.position - 1, isEmpty, found)
    }
  }
}
