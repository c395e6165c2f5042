import Bedquota
import Foundation

/// A file that a command writes when its work is done: a new or regular file as a whole or not at all, a pipe or a device as it
/// is, and `-` for stdout.
struct OutputFile {
  /// As the user named it.
  let path: String
  private let method: WriteMethod
  private let isPrivate: Bool
  /// Open for a stream, so that its reader knows from the start that something comes.
  private let stream: Int32?

  /// How long a pipe may have no reader.
  private static let readerWaitMax = Duration.seconds(10)

  /// - Parameter isPrivate: whether nobody else may read it, if it is new.
  /// - Throws: ``BedquotaError`` (`file`) if the file can't be written. The check comes before the work, so that nobody waits for
  ///   a result that can't be saved.
  init(_ path: String, _ console: Console, isPrivate: Bool = true) async throws {
    (self.path, self.isPrivate) = (path, isPrivate)
    if let method = WriteMethod(descriptorNamedBy: path), case .descriptor(let descriptor) = method {
      (self.method, stream) = (method, nil)
      let flags = fcntl(descriptor, F_GETFL)
      guard flags >= 0, flags & O_ACCMODE != O_RDONLY else { throw Self.failure(path, "it is not open for writing") }
      return
    }
    let (method, facts) = try Self.look(at: path)
    self.method = method
    stream = method == .stream ? try await Self.open(facts, path, console) : nil
  }

  /// The file that an option names; nil without the option.
  static func optional(_ path: String?, _ console: Console) async throws -> OutputFile? {
    guard let path else { return nil }
    return try await OutputFile(path, console)
  }

  /// Whether the file is stdout, where nothing else may be printed then.
  var isStandardOutput: Bool { method == .descriptor(STDOUT_FILENO) }

  /// For notes: the file as the user named it.
  var name: String { path == "-" ? "stdout" : path }

  /// - Throws: ``BedquotaError`` (`file`); a regular file is then as it was before.
  func write(_ text: String) throws {
    if isStandardOutput { return Console.write(text, to: STDOUT_FILENO) }
    var text = text
    let code = try text.withUTF8 { bytes in
      let bytes = UnsafeRawBufferPointer(bytes)
      if case .descriptor(let descriptor) = method { return DescriptorWriter.write(bytes, to: descriptor) }
      if let stream { return DescriptorWriter.write(bytes, to: stream) }
      // Looked at again: something else may be there since the work began.
      switch try Self.look(at: path) {
      case (.replace, let facts): return RegularFile(facts, isPrivate: isPrivate).replace(with: bytes)
      case (.overwrite, let facts): return RegularFile(facts).overwrite(with: bytes)
      default: throw Self.failure(path, "it is no longer the kind of file that it was")
      }
    }
    if code == EPIPE { throw Self.failure(path, "its reader went away") }
    if code != 0 { throw Self.failure(path, WriteMethod.Refusal(code: code).reason) }
  }

  private static func look(at path: String) throws -> (WriteMethod, PathFacts) {
    do {
      guard !path.isEmpty else { throw WriteMethod.Refusal(reason: "it has no name") }
      let facts = try PathFacts(of: path)
      return (try WriteMethod(facts), facts)
    } catch let failure as PathFacts.LookupFailure {
      throw Self.failure(path, WriteMethod.Refusal(code: failure.code).reason)
    } catch let refusal as WriteMethod.Refusal {
      throw Self.failure(path, refusal.reason)
    }
  }

  /// Opens a pipe or a device. A pipe needs a reader, for which it waits a while: opening it otherwise would block.
  private static func open(_ facts: PathFacts, _ path: String, _ console: Console) async throws -> Int32 {
    let clock = ContinuousClock()
    let start = clock.now
    var isFirst = true
    while true {
      let descriptor = Foundation.open(facts.target, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
      if descriptor >= 0 {
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK)
        return descriptor
      }
      guard errno == ENXIO, facts.kind == .pipe else { throw failure(path, WriteMethod.Refusal(code: errno).reason) }
      guard start.duration(to: clock.now) < readerWaitMax else { throw failure(path, "nobody reads this pipe") }
      if isFirst { console.note("bedquota: waiting for a reader of \(path), 10 s at most; Ctrl-C stops.") }
      isFirst = false
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  private static func failure(_ path: String, _ why: String) -> BedquotaError {
    BedquotaError(.file, "\(path == "-" ? "stdout" : path) can't be written: \(why).")
  }
}
