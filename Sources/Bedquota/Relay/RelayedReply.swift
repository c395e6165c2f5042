package import AWSWire
import Foundation
import HTTPTypes

/// A reply that passes through the gateway unchanged, read as far as its settlement requires.
///
/// It takes the bytes as they come and keeps nearly none of them. What can't be read brings no usage, so that the caller estimates it
/// from ``outputBytes``; it never stops the reply.
package struct RelayedReply: Sendable {
  /// What some bytes brought.
  package struct Progress: Sendable, Equatable {
    /// Bytes of the model's text.
    package var outputBytes = 0
    /// nil if they don't report the reply's usage.
    package var usage: TokenUsage?

    package init() {}
  }

  enum Form: Sendable {
    /// AWS's event stream, server-sent events, one JSON body.
    case frames, lines, whole
    /// What is asked to be a stream and doesn't say what it is: its first byte decides.
    case undecided
    /// Nothing is read: an error, or a body in a content coding.
    case opaque
  }

  let api: ModelRequest.API
  private let status: Int
  private(set) var form: Form
  var sieve: JSONSieve
  var frames = EventFrameCutter()
  var lines = EventLineCutter()
  private var counts = StreamUsage()
  var progress = Progress()
  /// Whether nothing that follows is read: an error has ended the stream, or the mark with which OpenAI's streams end. What follows is
  /// still cut into events, for ``isAtBoundary``.
  var isOver = false

  /// The tokens that the reply reports; nil if it hasn't yet.
  package private(set) var usage: TokenUsage?
  /// Bytes of the model's text so far.
  package private(set) var outputBytes = 0
  /// Whether a reply of a compatible API ended for its length.
  package private(set) var endsAtLength = false
  /// Whether the last event has passed that every stream of its form has. A plain reply is whole if its JSON is closed; one that
  /// isn't read, at its end.
  package private(set) var isWhole = false
  /// The model that the reply names, at most 256 characters of printable ASCII; nil if it names none, or hasn't yet.
  package private(set) var model: String?
  /// The error with which the stream ended, or which a compatible API answered with status 200.
  package private(set) var failure: AWSClientError.Service?

  /// - Parameters:
  ///   - isStreamed: whether the request asks for a stream.
  ///   - headers: those of the reply, in any case.
  package init(api: ModelRequest.API, isStreamed: Bool, status: Int, headers: [(name: String, value: String)]) {
    self.api = api
    self.status = status
    let head = RelayedHead(headers)
    form = head.form(isStreamed: isStreamed, status: status)
    let isStream = form == .undecided ? isStreamed : form != .whole
    sieve = JSONSieve(api == .responses && isStream ? .responsesStream : .all)
    if api == .invokeModel, status == 200 { usage = head.usage }
  }

  /// Reads bytes of the body as they pass.
  @discardableResult
  package mutating func add(_ bytes: UnsafeRawBufferPointer) -> Progress {
    guard let first = bytes.first else { return Progress() }
    progress = Progress()
    if form == .undecided {
      form = api.isWhole(beginningWith: first) ? .whole : api.streamForm == .eventStream ? .frames : .lines
    }
    switch form {
    case .frames: addFrames(bytes)
    case .lines: addLines(bytes)
    case .whole:
      let before = sieve.textBytes
      sieve.add(bytes)
      count(sieve.textBytes - before)
    case .undecided, .opaque: break
    }
    return progress
  }

  @discardableResult
  package mutating func add(_ bytes: some Sequence<UInt8>) -> Progress { Array(bytes).withUnsafeBytes { add($0) } }

  /// The body has come to its end.
  @discardableResult
  package mutating func end() -> Progress {
    progress = Progress()
    switch form {
    case .opaque: isWhole = true
    case .whole: endWhole()
    case .frames, .lines, .undecided: break
    }
    return progress
  }

  /// Whether the bytes so far end with a whole frame or event, so that another one may follow. A plain reply has no such place.
  package var isAtBoundary: Bool {
    switch form {
    case .frames: frames.isAtBoundary
    case .lines: lines.isAtBoundary
    case .undecided: true
    case .whole, .opaque: false
    }
  }

  // MARK: - Reading

  mutating func count(_ bytes: Int) {
    progress.outputBytes += bytes
    outputBytes += bytes
  }

  /// Reads the event whose JSON has passed the sieve.
  mutating func readEvent(_ type: EventFrame.EventType) {
    defer { sieve.reset() }
    count(sieve.textBytes)
    if type == .messageStop { isWhole = true }
    guard sieve.isTelling, let json = sieve.json else { return }
    readModel(json)
    if form == .lines, let error = CompatibleError(json) { return fail(error.code, error.message) }
    report(counts.add(json, type: type.rawValue))
    isWhole = isWhole || ReplyForm.isEnd(json, type: type.rawValue)
    endsAtLength = endsAtLength || (api.compatible != nil && ReplyForm.endsAtLength(json))
  }

  mutating func fail(_ code: String, _ message: String) {
    failure = .init(
      code: String(code.prefix(128)), message: String(message.prefix(1_000)), status: status, requestID: nil, body: [])
    isOver = true
  }

  /// Where the APIs name the model: a whole reply or a chunk, the beginning of a message, the end of a response; and Converse after a
  /// prompt router has chosen.
  private mutating func readModel(_ json: JSONValue) {
    let named =
      json["model"] ?? json["message"]?["model"] ?? json["response"]?["model"]
      ?? json["trace"]?["promptRouter"]?["invokedModelId"]
    guard let name = named?.string, (1...256).contains(name.utf8.count), name.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else {
      return
    }
    model = name
  }

  private mutating func report(_ found: TokenUsage?) {
    guard let found else { return }
    (usage, progress.usage) = (found, found)
  }

  private mutating func endWhole() {
    isWhole = sieve.isClosed
    let json = sieve.json
    if let json { readModel(json) }
    if api.compatible != nil, let json, let error = CompatibleError(json) { return fail(error.code, error.message) }
    if usage == nil { report(api.usage(of: json, [:])) } else { progress.usage = usage }
    endsAtLength = api.compatible != nil && json.map(ReplyForm.endsAtLength) ?? false
  }
}
