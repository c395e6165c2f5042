package import Bedquota
import BedrockQuotas

/// The texts that `run` prints before, while and after it sends.
package enum RunText {
  /// The records that are about to be sent, and the least time that they take.
  package static func plan(_ plan: BatchPlan, _ scopes: [RunScope]) -> String {
    let records = plan.records == 1 ? "1 record" : "\(Figures.grouped(plan.records)) records"
    let endpoint = scopes.first?.resolution.endpoint == .mantle ? " on bedrock-mantle" : ""
    let over = scopes.count > 1 ? " over \(scopes.count) scopes" : ""
    var lines = ["\(records) for \(scopes.ids.joined(separator: ", "))\(endpoint)\(over)"]
    if let input = plan.averageInputTokens {
      let reserved = plan.averageMaxTokens.map { ", max_tokens \(Figures.grouped($0))" } ?? ""
      lines.append("about \(Figures.grouped(input)) input tokens each\(reserved)")
      if let seconds = leastSeconds(plan, scopes) {
        let time = seconds < 60 ? "\(Figures.short(seconds)) s" : "\(Figures.short(seconds / 60)) min"
        lines.append("at least \(time) at the \(scopes.count > 1 ? "quotas together" : "quota"), output not counted")
      }
    }
    if plan.unreadable > 0 {
      lines.append(
        "\(plan.unreadable) of the first \(plan.sample) \(plan.unreadable == 1 ? "holds" : "hold") no request and will end as errors"
      )
    }
    if let other = plan.firstOtherModel {
      lines.append(
        "\(plan.otherModels) of the first \(plan.sample) \(plan.otherModels == 1 ? "names" : "name") another model, as \"\(other.prefix(80))\", and will end as errors"
      )
    }
    if plan.withoutMaxTokens > 0 {
      lines.append(
        "\(plan.withoutMaxTokens) of the first \(plan.sample) have no max_tokens, so each reserves the model's maximum")
    }
    if let id = plan.firstRepeatedID {
      let others = plan.repeatedIDs == 1 ? "1 record has" : "\(Figures.grouped(plan.repeatedIDs)) records have"
      lines.append("\(others) the recordId of an earlier one, the first of them \"\(id.prefix(80))\"; each is sent")
    }
    return lines.joined(separator: "; ") + "."
  }

  /// The quotas of each scope, and their sum; nil if there is only one.
  package static func quotas(_ scopes: [RunScope]) -> String? { scopes.count > 1 ? scopes.quotas.text(indent: "  ") : nil }

  /// The time that the input alone takes, however short the replies; nil if it can't be known of every scope.
  static func leastSeconds(_ plan: BatchPlan, _ scopes: [RunScope]) -> Double? {
    guard let input = plan.averageInputTokens else { return nil }
    let rates = scopes.compactMap { $0.requestsPerMinute(inputTokens: input) }
    let rate = rates.reduce(0, +)
    guard rates.count == scopes.count, rate > 0 else { return nil }
    return Double(plan.records) / rate * 60
  }

  /// `4,000 results of 4 shards in out.jsonl, 3 of them errors; every record of the input has one.`
  package static func merged(_ merged: MergedShards, into file: String, isChecked: Bool) -> String {
    let results = merged.results == 1 ? "1 result" : "\(Figures.grouped(merged.results)) results"
    let shards = merged.shards == 1 ? "1 shard" : "\(merged.shards) shards"
    let errors = merged.errors > 0 ? ", \(Figures.grouped(merged.errors)) of them errors" : ""
    let check = isChecked ? "every record of the input has one" : "whether every record has one was not checked"
    return "\(results) of \(shards) in \(file)\(errors); \(check)."
  }

  /// `1,200 of 5,000 done, 812 a minute, 3 throttled, 97.20 % of tpm, 280 s left`
  /// - Parameters:
  ///   - seconds: the time since the run began.
  ///   - waitingFor: what the run waits for besides the quota, in a sentence.
  package static func progress(
    _ progress: BatchRun.Progress, _ statistics: ClientStatistics, records: Int, seconds: Double,
    waitingFor: String? = nil
  ) -> String {
    let done = progress.succeeded + progress.failed
    let use = statistics.quotas.max { $0.utilization < $1.utilization }
    let binding = use.map { ", \(Figures.percent($0.utilization)) of \($0.measure.rawValue)" } ?? ""
    let open = max(0, records - progress.done - done)
    let left = done > 0 ? ", \(Figures.short((Double(open) * seconds / Double(done)).rounded())) s left" : ""
    let counts = "\(Figures.grouped(progress.done + done)) of \(Figures.grouped(records)) done"
    let rate = "\(Figures.short(Double(done) * 60 / seconds)) a minute"
    return
      "\(counts), \(rate), \(Figures.grouped(statistics.throttled)) throttled\(binding)\(waitingFor.map { "; waiting: \($0)" } ?? left)"
  }

  package static func waiting(for reason: String) -> String { "bedquota: waiting: \(reason)" }

  /// After the first Ctrl-C.
  package static func stopping(inFlight: Int) -> String {
    "bedquota: finishing \(Figures.grouped(inFlight)) in flight; Ctrl-C again to abort"
  }

  /// After the second Ctrl-C, what the process takes with it; nil if that is nothing.
  /// - Parameters:
  ///   - unwritten: results that have arrived and are not on disk.
  ///   - inFlight: requests that were sent and have not ended.
  package static func aborted(unwritten: Int, inFlight: Int, spelling: ParameterSpelling = .swift) -> String? {
    let results =
      unwritten == 1 ? "1 result that is not on disk is" : "\(Figures.grouped(unwritten)) results that are not on disk are"
    let requests =
      inFlight == 1 ? "1 request in flight may be paid" : "\(Figures.grouped(inFlight)) requests in flight may be paid"
    let parts = [unwritten > 0 ? "\(results) lost" : nil, inFlight > 0 ? requests : nil].compactMap { $0 }
    guard !parts.isEmpty else { return nil }
    let records = unwritten + inFlight == 1 ? "its record" : "their records"
    return "bedquota: aborted: \(parts.joined(separator: "; ")). \(spelling("resume")) sends \(records) again, and pays again."
  }

  /// Why a run is no success, in a sentence or two; nil if it is one.
  /// - Parameter allowsFailures: whether records that failed are no reason.
  package static func failure(_ summary: RunSummary, allowsFailures: Bool, spelling: ParameterSpelling = .swift) -> String? {
    if summary.reason != nil || (summary.left > 0 && !summary.isInterrupted) {
      let reason = summary.reason.map { ": \($0)\($0.hasSuffix(".") ? "" : ".")" } ?? "."
      let (records, them) = summary.left == 1 ? ("1 record is", "it") : ("\(Figures.grouped(summary.left)) records are", "them")
      return "The run has ended early\(reason) \(records) left; \(spelling("resume")) sends \(them)."
    }
    let failed = summary.failed + summary.failedBefore
    guard failed > 0, !allowsFailures else { return nil }
    let (records, them) = failed == 1 ? ("1 record has", "it") : ("\(Figures.grouped(failed)) records have", "them")
    let (again, accept) = (spelling("retryFailed"), spelling("allowFailures"))
    return "\(records) an error for a result; \(again) sends \(them) again, \(accept) accepts \(them)."
  }

  /// What each scope has done; nil if there is only one.
  package static func work(_ scopes: [RunScope]) -> String? { scopes.count > 1 ? scopes.work.text(indent: "  ") : nil }

  /// - Parameter outputFile: where the replies are, as the user named it.
  package static func summary(_ summary: RunSummary, outputFile: String, spelling: ParameterSpelling = .swift) -> String {
    let counts =
      "\(Figures.grouped(summary.succeeded)) succeeded, \(Figures.grouped(summary.failed)) failed, \(Figures.grouped(summary.throttled)) throttled attempts"
    let used = summary.quotaUtilization.map { ", \(Figures.percent($0)) of the quota" } ?? ""
    let tokens =
      "\(Figures.grouped(summary.inputTokens)) input and \(Figures.grouped(summary.outputTokens)) output tokens in \(Figures.short(summary.seconds)) s\(used)"
    let waited =
      summary.waited.map { "; a request waited \(Figures.short($0.p50)) s at the median, \(Figures.short($0.p99)) s at p99" }
      ?? ""
    let isCut = summary.isInterrupted && summary.left > 0
    let rest = isCut ? " Interrupted, \(Figures.grouped(summary.left)) left; resume with \(spelling("resume"))." : ""
    let short =
      summary.endedByQuota > 0
      ? " \(summary.endedByQuota == 1 ? "1 reply was" : "\(Figures.grouped(summary.endedByQuota)) replies were") cut off before max_tokens, because the quota of output tokens was used up."
      : ""
    let reserved =
      summary.reserved.map {
        " Reserved capacity served \(Figures.grouped($0.served)) of \(Figures.grouped($0.served + $0.overflowed)) requests of that tier; the others count on the quotas."
      } ?? ""
    let lost = summary.lost.map { " \($0)" } ?? ""
    return "\(counts); \(tokens)\(waited); replies in \(outputFile).\(reserved)\(short)\(lost)\(rest)"
  }
}
