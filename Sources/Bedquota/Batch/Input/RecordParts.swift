import AWSWire

/// The id and the body of a line, found without reading the body.
struct RecordParts {
  private static let idBytesMax = 1_024

  /// `recordId` or `custom_id`, decoded and as it stands in the line; a whole number becomes text.
  private(set) var id: (text: String, json: [UInt8])?
  private(set) var form = RecordForm.bedrock
  /// Where the body stands.
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
    var places: [String: Range<Int>] = [:]
    do {
      try reader.readObject { reader, name throws(JSONReader.Failure) in
        let (start, name) = (reader.position, reader.text(of: name))
        try reader.skipValue()
        if Self.names.contains(name) { places[name] = start..<reader.position }
      }
    } catch {
      problem = "The line is not a JSON object: it is wrong at byte \(error.offset + 1)."
    }
    let idName = places["recordId"] == nil && places["custom_id"] != nil ? "custom_id" : "recordId"
    if let range = places[idName] { readID(line, at: range, name: idName) }
    guard problem == nil else { return }
    reader.skipSpace()
    guard reader.position == line.count else {
      problem = "The line goes on behind its JSON object at byte \(reader.position + 1); each record needs a line of its own."
      return
    }
    readForm(line, places)
  }

  private static let names: Set<String> = ["recordId", "modelInput", "custom_id", "url", "body", "params"]

  private mutating func readForm(_ line: [UInt8], _ places: [String: Range<Int>]) {
    if places["modelInput"] == nil, places["custom_id"] != nil {
      if places["params"] != nil {
        form = .anthropic
      } else if places["body"] != nil {
        var api: ModelRequest.API?
        if let range = places["url"] {
          let url = Self.text(line, at: range)
          api = url.flatMap(RecordForm.api)
          if api == nil {
            problem =
              "The line's url is \(url.map { "\($0.prefix(100))" } ?? "no text"); it can be /v1/chat/completions, /v1/responses or /v1/messages."
          }
        }
        form = .openAI(api)
      }
    }
    input = places[form.body]
    if input == nil {
      problem =
        places["custom_id"] == nil
        ? "The line has no modelInput." : "The line has neither modelInput nor, beside its custom_id, a body or params."
    }
  }

  private static func text(_ line: [UInt8], at range: Range<Int>) -> String? {
    var reader = JSONReader(Array(line[range]))
    return line[range].first == UInt8(ascii: "\"") ? try? reader.readString() : nil
  }

  private mutating func readID(_ line: [UInt8], at range: Range<Int>, name: String) {
    let json = Array(line[range])
    if let text = Self.text(line, at: range), (1...Self.idBytesMax).contains(text.utf8.count) {
      id = (text, json)
    } else if (1...20).contains(json.count), json.allSatisfy({ (48...57).contains($0) }) {
      id = (String(decoding: json, as: UTF8.self), [UInt8(ascii: "\"")] + json + [UInt8(ascii: "\"")])
    } else if problem == nil {
      problem = "\(name) must be a text of 1 to 1,024 bytes."
    }
  }
}
