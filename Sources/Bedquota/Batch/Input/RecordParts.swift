import AWSWire

/// The id and the body of a line, found without reading the body.
struct RecordParts {
  private static let idBytesMax = 1_024

  /// `recordId`, decoded and as it stands in the line; a whole number becomes text.
  private(set) var id: (text: String, json: [UInt8])?
  /// Where modelInput stands.
  var input: Range<Int>?
  /// Why the line is no record, in a sentence.
  private(set) var problem: String?

  /// What was read before a mistake is kept, so that an error can name the record.
  init(_ line: [UInt8]) {
    var reader = JSONReader(line)
    reader.skipSpace()
    guard reader.position < line.count, line[reader.position] == UInt8(ascii: "{") else {
      problem = "The line is not a JSON object."
      return
    }
    var (idRange, inputRange): (Range<Int>?, Range<Int>?)
    var isOpenAI = false
    do {
      try reader.readObject { reader, name throws(JSONReader.Failure) in
        let (start, name) = (reader.position, try reader.text(of: name))
        try reader.skipValue()
        switch name {
        case "recordId": idRange = start..<reader.position
        case "modelInput": inputRange = start..<reader.position
        case "custom_id": isOpenAI = true
        default: break
        }
      }
    } catch {
      problem = "The line is not a JSON object: it is wrong at byte \(error.offset + 1)."
    }
    if let idRange { readID(line, at: idRange) }
    guard problem == nil else { return }
    reader.skipSpace()
    guard reader.position == line.count else {
      problem = "The line goes on behind its JSON object at byte \(reader.position + 1); each record needs a line of its own."
      return
    }
    input = inputRange
    if input == nil {
      let form = isOpenAI ? " It is in the form of OpenAI's batches; put its body into modelInput." : ""
      problem = "The line has no modelInput.\(form)"
    }
  }

  private mutating func readID(_ line: [UInt8], at range: Range<Int>) {
    let json = Array(line[range])
    var reader = JSONReader(json)
    if json.first == UInt8(ascii: "\""), let text = try? reader.readString(), (1...Self.idBytesMax).contains(text.utf8.count) {
      id = (text, json)
    } else if (1...20).contains(json.count), json.allSatisfy({ (48...57).contains($0) }) {
      id = (String(decoding: json, as: UTF8.self), [UInt8(ascii: "\"")] + json + [UInt8(ascii: "\"")])
    } else if problem == nil {
      problem = "recordId must be a text of 1 to 1,024 bytes."
    }
  }
}
