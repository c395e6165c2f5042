/// Why a request was not let in, with the figure that decided.
public enum Refusal: Error, Sendable, Equatable {
  /// A negative amount, or one of over a billion tokens.
  case invalidCost
  /// It needs more than the limit ever holds; with a limit of 0, every request.
  case neverFits(Measure, needed: Int64, limit: Int64)
  /// Its turn would come after its deadline: in how many nanoseconds.
  case deadline(eta: Int64)
  /// It waited, and the deadline passed.
  case expired
  /// So many wait already.
  case queueFull(waiters: Int)
  /// Its turn would come later than anybody may wait: in how many nanoseconds.
  case waitTooLong(eta: Int64)
  /// There were too many retries of late.
  case retryBudget
  /// No new requests are taken.
  case draining
}

extension Refusal: CustomStringConvertible {
  public var description: String {
    switch self {
    case .invalidCost: "The cost of a request must be 0 to \(Amounts.max) tokens; correct the estimate."
    case .neverFits(let measure, let needed, let limit):
      limit == 0
        ? "The limit of \(measure.name) is 0: nothing is let through. Raise the limit."
        : "The request needs \(needed) of \(limit) \(measure.name), more than a full quota holds. Lower max_tokens or shorten the input."
    case .deadline(let eta): "Its turn would come in \(Self.seconds(eta)) s, after its deadline."
    case .expired: "Its deadline passed while it waited."
    case .queueFull(let waiters): "The queue is full: \(waiters) requests wait."
    case .waitTooLong(let eta): "Its turn would come in \(Self.seconds(eta)) s, longer than a queue may get."
    case .retryBudget: "Too many of the last requests were retries."
    case .draining: "The limiter is being shut down and takes no new requests."
    }
  }

  private static func seconds(_ nanoseconds: Int64) -> String {
    let tenths = nanoseconds / 100_000_000
    return "\(tenths / 10).\(tenths % 10)"
  }
}

extension Measure {
  var name: String {
    switch self {
    case .requestsPerMinute: "requests per minute"
    case .tokensPerMinute: "tokens per minute"
    case .inputTokensPerMinute: "input tokens per minute"
    case .outputTokensPerMinute: "output tokens per minute"
    case .tokensPerDay: "tokens per day"
    case .concurrency: "concurrent requests"
    }
  }
}
