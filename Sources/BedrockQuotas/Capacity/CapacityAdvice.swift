/// Advice on the figures.
extension Capacity {
  /// One or two sentences on each point, with the numbers in them.
  /// - Parameters:
  ///   - busyShare: the share of time in which the workload runs, 0 to 1; nil if unknown.
  ///   - spelling: how to name the parameters of ``Workload`` and ``Capacity``.
  public func advice(busyShare: Double? = nil, spelling: ParameterSpelling = .swift) -> [String] {
    [mistakes, refusals, reservation, debt, missing(spelling), bound, day, provisioned(busyShare)].flatMap { $0 }
  }

  private func tokens(_ value: Int) -> String { NumberText.compact(Double(value)) }

  /// Warns of requests that the model would refuse, and of replies that it would cut short.
  private var mistakes: [String] {
    var lines: [String] = []
    if let prompt = workload.promptTokens, let window = resolution.contextWindowMax, prompt > window {
      let codes = limits.filter { $0.measure == .rpm || $0.measure == .tpm }.compactMap(\.code).joined(separator: ", ")
      lines.append(
        usesLongContext
          ? "A prompt of \(tokens(prompt)) tokens is above the context window of \(tokens(window)): only the 1M-context form takes it, and its quotas are those shown (\(codes))."
          : "A prompt of \(tokens(prompt)) tokens doesn't fit into the context window of \(tokens(window)).")
    }
    if let output = workload.outputTokens, let most = resolution.maxOutputTokensMax, output > most {
      lines.append("The model puts out \(tokens(most)) tokens at most, not \(tokens(output)).")
    }
    if let given = workload.maxTokens, let most = resolution.maxOutputTokensMax, given > most {
      lines.append(
        "max_tokens of \(tokens(given)) is above the model's maximum output of \(tokens(most)): it refuses such requests.")
    }
    if let given = workload.maxTokens, let output = workload.outputTokens, output > given {
      lines.append("Replies end at max_tokens: \(tokens(output)) output tokens on average exceed it (\(tokens(given))).")
    }
    return lines
  }

  /// Names limits that admit no request at all.
  private var refusals: [String] {
    limits.compactMap { limit in
      guard let quota = limit.quota, let code = limit.code else { return nil }
      if quota < 1 {
        return "\(code) (\(limit.measure.rawValue)) is 0: this account may not use the model; AWS Support can raise it."
      }
      guard limit.measure == .tpm, let reservation = cost.reservation, Double(reservation) > quota else { return nil }
      let room = Int(saturating: min(quota, 1e15)) - (workload.promptTokens ?? 0)
      let way = room > 0 ? "with max_tokens of at most \(tokens(room)) it fits" : "the prompt alone fills it"
      return
        "Each request reserves \(tokens(reservation)) tokens, more than the whole \(NumberText.compact(quota)) of \(code): none is ever admitted; \(way)."
    }
  }

  /// Shows the concurrency that is lost to a max_tokens far above the output.
  private var reservation: [String] {
    guard let limit = tokenLimit, let quota = limit.quota, let reservation = cost.reservation, let atOnce = requestsAtOnce,
      atOnce > 0, let reserved = cost.reservedOutput, let output = workload.outputTokens, let prompt = workload.promptTokens,
      output > 0
    else { return [] }
    let better = NumberText.roomy(output)
    guard better < reserved, workload.maxTokens == nil || reserved >= 10 * output else { return [] }
    let head = workload.maxTokens == nil ? "max_tokens is unset" : "max_tokens is far above the output"
    let time = workload.latency.map { "for \(NumberText.significant($0)) s" } ?? "while it runs"
    let leaner = Int(saturating: min(quota / Double(prompt + better), 1e15))
    var text =
      "\(head): each request reserves \(tokens(reservation)) tokens \(time), so at most \(NumberText.grouped(atOnce)) can be in flight on \(NumberText.compact(quota)) TPM; with \(NumberText.grouped(better)) it is \(NumberText.grouped(leaner))."
    if let share = rolling?.share, share < 0.95, rolling?.binding.measure == .tpm {
      text += " If the minute is a rolling window, it leaves \(NumberText.percent(share)) of the quota."
    }
    // The exact value is D/−ln(1 − F/R). D·(R/F − 1/2) approximates it to 1 % if R is much above F.
    if let latency = workload.latency, let final = cost.final, final > 0, binding?.measure == .tpm {
      let minutes = latency * (Double(reservation) / Double(final) - 0.5) / 60
      if minutes >= 1 {
        text +=
          " If it is a bucket, the full rate comes only after about \(NumberText.significant((3 * minutes).rounded())) minutes."
      }
    }
    return [text]
  }

  /// Explains final costs above the reservation, which the burndown causes.
  private var debt: [String] {
    guard let reservation = cost.reservation, let final = cost.final, final > reservation, binding?.measure == .tpm else {
      return []
    }
    return [
      "A request reserves \(tokens(reservation)) tokens and costs \(tokens(final)) in the end: a burst runs into debt, and later requests are throttled until the debt is refilled."
    ]
  }

  /// Says that a fact is not known, or that it is disputed.
  private func unsettled(_ fact: String, _ range: ClosedRange<Int>?) -> String {
    guard let range else { return "\(fact) is not known" }
    let bounds = [range.lowerBound, range.upperBound].map { NumberText.grouped($0) }
    return "\(fact) is disputed: sources give \(bounds[0]) to \(bounds[1])"
  }

  /// Asks for the parameters that missing figures need.
  private func missing(_ spelling: ParameterSpelling) -> [String] {
    var lines: [String] = []
    if workload.inputTokens == nil || workload.outputTokens == nil {
      let parameters = [
        workload.inputTokens == nil ? "inputTokens" : nil, workload.outputTokens == nil ? "outputTokens" : nil,
        workload.latency == nil ? "latency" : nil,
      ].compactMap { $0 }
      lines.append("Give \(parameters.map { spelling($0) }.joined(separator: ", ")) for the rates that a workload reaches.")
    } else if cost.final == nil {
      let why = unsettled("The burndown of this model", resolution.disputed.outputBurndown)
      lines.append("\(why), so its tokens per minute can't be computed; \(spelling("outputBurndown")) sets it.")
    }
    if tokenLimit != nil, cost.reservedOutput == nil {
      let why = unsettled("max_tokens is unset and the model's maximum output", resolution.disputed.maxOutputTokens)
      lines.append("\(why), so a request's reservation is not known either; \(spelling("maxTokens")) sets it.")
    }
    if workload.latency == nil, workload.inputTokens != nil, workload.outputTokens != nil {
      let what = limits.contains { $0.measure == .concurrent } ? "what concurrency allows" : "what is reached if the window rolls"
      lines.append("\(spelling("latency")) is needed for \(what).")
    }
    return lines
  }
}
