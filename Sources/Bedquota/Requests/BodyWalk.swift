import AWSWire

/// Walks over a request's body, and tells text from media by the place of each value.
///
/// | family | where its media are |
/// |---|---|
/// | Converse, Nova | `image`, `document`, `video`, `audio`: `source.bytes`, `source.s3Location` |
/// | Claude | blocks of `type` image or document: `source` with `data`, `url` or `file_id` |
/// | OpenAI's form, Cohere Embed v4 | `image_url`, `input_audio`, `file`: a data URI, a URL or base64 |
/// | Titan, Nova Canvas, Stability | `inputImage`, `image`, `images`, `maskImage` and the like |
/// | Cohere Embed v3 | `images`: data URIs |
/// | TwelveLabs | `mediaSource`: `base64String`, `s3Location` |
///
/// Sources: docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html and its pages for each family.
struct BodyWalk: Sequence, IteratorProtocol {
  enum Part: Sendable, Equatable {
    /// A JSON object.
    case block
    case text(String)
    case number
    case medium(Medium)
  }

  /// A value that is still to be visited, and what is known of its place.
  private struct Place {
    var value: JSONValue
    /// The name of the member that holds it, or that holds the array with it.
    var name = ""
    /// What the enclosing block holds.
    var kind: Medium.Kind?
    /// The format that the enclosing block states.
    var format: String?
    /// Whether everything below is text, such as arguments of a tool.
    var isText = false
  }

  /// Base64 of no known place is text up to this many bytes: so short a file is rare.
  private static let mediumBytesMin = 513
  /// Members whose strings are text, however they look.
  private static let textNames: Set<String> = [
    "text", "texts", "content", "prompt", "inputText", "inputPrompt", "system", "message", "title", "context", "name", "role",
    "query",
  ]
  /// Members that hold JSON for the model to read.
  private static let readNames: Set<String> = ["json", "inputSchema", "input_schema", "parameters", "arguments"]
  /// Members with the content of a medium, or its place.
  private static let contentNames: Set<String> = [
    "bytes", "data", "url", "uri", "base64", "base64String", "file_data", "file_id", "file_url", "fileId",
  ]

  private var places: [Place]

  init(_ body: JSONValue) { places = [Place(value: body)] }

  mutating func next() -> Part? {
    while let place = places.popLast() {
      switch place.value {
      case .string(let text): return part(of: text, place)
      case .array(let elements):
        for element in elements.reversed() {
          var inner = place
          inner.value = element
          places.append(inner)
        }
      case .object(let members): return enter(members, place)
      default: return .number
      }
    }
    return nil
  }

  private func part(of text: String, _ place: Place) -> Part {
    guard !place.isText, !Self.textNames.contains(place.name) else { return .text(text) }
    if let uri = DataURI(text) {
      guard let base64 = uri.base64 else { return .text(text) }
      return .medium(Medium(base64: base64, kind: uri.kind ?? place.kind, format: uri.mediaType))
    }
    let isContent = Self.contentNames.contains(place.name)
    guard let kind = Self.kind(ofMember: place.name) ?? (isContent ? place.kind : nil) else {
      guard place.name == "bytes" || place.name == "data", text.utf8.count >= Self.mediumBytesMin, Self.isBase64(text) else {
        return .text(text)
      }
      return .medium(Medium(base64: text[...], kind: nil, format: place.format))
    }
    if text.hasPrefix("https://") || text.hasPrefix("http://") || text.hasPrefix("s3://") || place.name.hasSuffix("_id")
      || place.name == "fileId"
    {
      return .medium(Medium(elsewhere: kind))
    }
    return Self.isBase64(text) ? .medium(Medium(base64: text[...], kind: kind, format: place.format)) : .text(text)
  }

  private mutating func enter(_ members: [JSONValue.Member], _ place: Place) -> Part {
    var inner = place
    let type = members.last { $0.name == "type" }?.value.string
    // A source of type file may hold a picture.
    if let type, type != "file" || place.kind == nil { inner.kind = Self.kind(ofType: type) ?? inner.kind }
    for name in ["format", "media_type", "mime_type"] {
      if let format = members.last(where: { $0.name == name })?.value.string { inner.format = format }
    }
    // Claude's source of type text has its text under data.
    if type == "text", place.kind != nil { inner.isText = true }
    let isToolUse = type == "tool_use" || members.contains { $0.name == "toolUseId" }
    for member in members.reversed() {
      inner.value = member.value
      inner.name = member.name
      var below = inner
      if let kind = Self.kind(ofMember: member.name) { below.kind = kind }
      if Self.readNames.contains(member.name) || (isToolUse && member.name == "input") { below.isText = true }
      if member.name == "s3Location", !below.isText {
        places.append(Place(value: .string("s3://"), name: "uri", kind: below.kind ?? .picture))
      } else {
        places.append(below)
      }
    }
    return .block
  }

  /// Whether it begins like base64: text has blanks between its words.
  private static func isBase64(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.prefix(256).allSatisfy {
        (97...122).contains($0) || (65...90).contains($0) || (47...57).contains($0) || $0 == 43 || $0 == 61 || $0 == 10
          || $0 == 13
      }
  }
}

// MARK: - Names

extension BodyWalk {
  private static let kinds: [String: Medium.Kind] = [
    "image": .picture, "image_url": .picture, "input_image": .picture, "inputImage": .picture, "images": .picture,
    "init_image": .picture, "mask": .picture, "mask_image": .picture, "maskImage": .picture, "conditionImage": .picture,
    "sourceImage": .picture, "referenceImages": .picture, "referenceImage": .picture, "style_image": .picture,
    "imageBase64": .picture, "img": .picture,
    "document": .document, "file": .document, "input_file": .document,
    "video": .film, "video_url": .film, "input_video": .film, "mediaSource": .film,
    "audio": .recording, "input_audio": .recording, "audio_url": .recording,
  ]

  private static func kind(ofMember name: String) -> Medium.Kind? { kinds[name] }

  /// The kind that a block's `type` names; nil for blocks without a medium.
  private static func kind(ofType type: String) -> Medium.Kind? { kinds[type] }
}
