extension CapacityRange {
  /// One or two sentences on each point, with the numbers in them.
  /// - Parameters:
  ///   - busyShare: the share of time in which the workload runs, 0 to 1; nil if unknown.
  ///   - spelling: how to name the parameters of ``Workload`` and ``Capacity``.
  public func advice(busyShare: Double? = nil, spelling: ParameterSpelling = .swift) -> [String] {
    plain.advice(busyShare: busyShare, spelling: spelling, strict: strict)
  }
}

/// Advice on the figures.
extension Capacity {
  /// One or two sentences on each point, with the numbers in them, if the reservation is as this capacity has it.
  /// - Parameters:
  ///   - busyShare: the share of time in which the workload runs, 0 to 1; nil if unknown.
  ///   - spelling: how to name the parameters of ``Workload`` and ``Capacity``.
  public func advice(busyShare: Double? = nil, spelling: ParameterSpelling = .swift) -> [String] {
    advice(busyShare: busyShare, spelling: spelling, strict: nil)
  }

  /// - Parameter strict: the capacity if the reservation counts the burndown; nil if there is no such difference.
  func advice(busyShare: Double?, spelling: ParameterSpelling, strict: Capacity?) -> [String] {
    let reserving = [refusals(strict), reservation(strict), debt(strict), range(strict)]
    let rest = [missing(spelling), bound, day, provisioned(busyShare), resolution.effectiveValueNotes]
    return ([mistakes] + reserving + rest).flatMap { $0 }
  }

  private func tokens(_ value: Int) -> String { NumberText.compact(Double(value)) }

  /// `4,000 to 8,000`; one figure if there is no other or it is the same.
  private func span(_ one: Int, _ other: Int?, _ text: (Int) -> String) -> String {
    guard let other, other != one else { return text(one) }
    return "\(text(min(one, other))) to \(text(max(one, other)))"
  }

  /// `5 % to 26 %`; one share if there is no other or it reads the same.
  private func left(_ share: Double, _ other: Double?) -> String {
    let ends = [share, other ?? share].sorted().map(NumberText.percent)
    return ends[0] == ends[1] ? ends[0] : "\(ends[0]) to \(ends[1])"
  }

  /// Says why figures are ranges.
  private func range(_ strict: Capacity?) -> [String] {
    guard let strict, let lower = cost.reservation, let upper = strict.cost.reservation, let burndown = outputBurndown else {
      return []
    }
    return [
      "A request reserves \(span(lower, upper, tokens)) tokens: AWS's text counts max_tokens once, users who met the limit say that the burndown of \(burndown) is counted too. What depends on it is a range."
    ]
  }

  /// Warns of requests that the model would refuse, and of replies that it would cut short.
  private var mistakes: [String] {
    var lines: [String] = []
    if let prompt = workload.promptTokens, let window = resolution.contextWindowMax, prompt > window {
      let codes = limits.filter { $0.measure == .rpm || $0.measure.isReserved }.compactMap(\.code).joined(separator: ", ")
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
  private func refusals(_ strict: Capacity?) -> [String] {
    limits.compactMap { limit in
      guard let quota = limit.quota, let code = limit.code, let source = limit.source else { return nil }
      if quota < 1 { return source.refusal(at: quota) }
      let isByTokens = limit.measure.isReserved || (limit.measure == .tpd && source.name.scope != .other)
      guard isByTokens, let reservation = cost.reservation else { return nil }
      let highest = strict?.cost.reservation ?? reservation
      guard Double(highest) > quota else { return nil }
      let isCertain = Double(reservation) > quota
      let way = fitting(quota, isCertain: isCertain, strict)
      let remedy = "\(source.adjustability(of: code)): \(source.remedy)."
      let reserves = "Each request reserves \(tokens(isCertain ? reservation : highest)) tokens"
      return isCertain
        ? "\(reserves), more than the whole \(NumberText.compact(quota)) of \(code): none is ever admitted; \(way). \(remedy)"
        : "If the reservation counts the burndown, each request reserves \(tokens(highest)) tokens, more than the whole \(NumberText.compact(quota)) of \(code), and none is ever admitted; \(way). \(remedy)"
    }
  }

  /// The max_tokens with which a request fits into a quota.
  /// - Parameter isCertain: whether the request doesn't fit with either reading of the reservation.
  private func fitting(_ quota: Double, isCertain: Bool, _ strict: Capacity?) -> String {
    let room = Int(saturating: min(quota, 1e15)) - (workload.promptTokens ?? 0)
    let least = strict == nil ? room : room / (outputBurndown ?? 1)
    guard room > 0 else { return "the prompt alone fills it" }
    guard isCertain else { return "with max_tokens of at most \(tokens(least)) it fits" }
    let other = least < room ? " (\(tokens(least)) if the reservation counts the burndown)" : ""
    return "with max_tokens of at most \(tokens(room)) it fits\(other)"
  }

  /// Shows the concurrency that is lost to a max_tokens far above the output.
  private func reservation(_ strict: Capacity?) -> [String] {
    guard let limit = tokenLimit, let quota = limit.quota, let reservation = cost.reservation, let atOnce = requestsAtOnce,
      atOnce > 0, let reserved = cost.reservedOutput, let output = workload.outputTokens, let prompt = workload.promptTokens,
      output > 0
    else { return [] }
    let better = NumberText.roomy(output)
    guard better < reserved, workload.maxTokens == nil || reserved >= 10 * output else { return [] }
    let head = workload.maxTokens == nil ? "max_tokens is unset" : "max_tokens is far above the output"
    let time = workload.latency.map { "for \(NumberText.significant($0)) s" } ?? "while it runs"
    func leaner(_ factor: Int) -> String {
      NumberText.grouped(Int(saturating: min(quota / Double(prompt + factor * better), 1e15)))
    }
    var text =
      "\(head): each request reserves \(tokens(reservation)) tokens \(time), so at most \(NumberText.grouped(atOnce)) can be in flight on \(NumberText.compact(quota)) TPM; with \(NumberText.grouped(better)) it is \(leaner(1))."
    if let strict, let other = strict.cost.reservation, let few = strict.requestsAtOnce, let burndown = outputBurndown {
      text +=
        " If the reservation counts the burndown, it is \(tokens(other)) tokens, and at most \(NumberText.grouped(few)) in flight; with \(NumberText.grouped(better)) it is \(leaner(burndown))."
    }
    if let share = rolling?.share, share < 0.95, rolling?.binding.measure.isReserved == true {
      text += " If the minute is a rolling window, it leaves \(left(share, strict?.rolling?.share)) of the quota."
    }
    // The exact value is D/−ln(1 − F/R). D·(R/F − 1/2) approximates it to 1 % if R is much above F.
    func minutes(_ reservation: Int) -> Int? {
      guard let latency = workload.latency, let final = cost.final, final > 0 else { return nil }
      return Int(saturating: (3 * latency * (Double(reservation) / Double(final) - 0.5) / 60).rounded())
    }
    if binding?.measure.isReserved == true, let time = minutes(reservation), time >= 3 {
      // A rate that is never reached takes no time.
      let other = strict.flatMap { $0.requestsPerMinute == requestsPerMinute ? $0.cost.reservation : nil }.flatMap(minutes)
      text += " If it is a bucket, the full rate comes only after about \(span(time, other, NumberText.grouped)) minutes."
    }
    return [text]
  }

  /// Explains final costs above the reservation, which the burndown causes.
  private func debt(_ strict: Capacity?) -> [String] {
    guard let reservation = cost.reservation, let final = cost.final, final > reservation, binding?.measure.isReserved == true
    else {
      return []
    }
    let condition = (strict?.cost.reservation).map { $0 >= final ? ", if the reservation doesn't count the burndown" : "" } ?? ""
    return [
      "A request reserves \(tokens(reservation)) tokens and costs \(tokens(final)) in the end\(condition): a burst runs into debt, and later requests are throttled until the debt is refilled."
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
