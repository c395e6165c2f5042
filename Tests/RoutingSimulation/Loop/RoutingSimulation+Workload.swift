import AdmissionSimulation

/// What begins, and what follows a reply.
extension RoutingSimulation {
  mutating func planArrivals() {
    switch scenario.workload.arrivals {
    case .open: plan(.opens, at: pause())
    case .closed(let users): for user in 0..<users { plan(.begins(user: user), at: Int64(luck.within(0...60) * 1e9)) }
    }
  }

  private mutating func pause() -> Int64 { now + Int64(luck.exponential(mean: 1 / jobsPerSecond) * 1e9) }

  mutating func open() {
    guard now < scenario.end else { return }
    jobs += 1
    request(scenario.workload.job(jobs, seed: scenario.seed, tenant: nil), user: -1)
    plan(.opens, at: pause())
  }

  mutating func begin(user: Int) {
    guard now < scenario.end, case .closed(let users) = scenario.workload.arrivals else { return }
    jobs += 1
    let tenant = scenario.workload.tenant(at: (Double(user) + 0.5) / Double(users))
    request(scenario.workload.job(jobs, seed: scenario.seed, tenant: tenant), user: user)
  }

  mutating func turn(after id: Int) {
    guard now < scenario.end else { return }
    request(exchanges[id].job, user: exchanges[id].user)
  }

  private mutating func request(_ job: SessionWorkload.Job, user: Int) {
    var job = job
    let workload = scenario.workload
    let request = RouteRequest(
      number: exchanges.count, session: job.session, tenant: job.tenant, prompt: job.prompt, maxTokens: workload.maxTokens)
    let output = Int64(workload.output.drawn(&job.random))
    let added = Int64(workload.added.drawn(&job.random))
    let firstToken = workload.firstTokenSeconds.drawn(&job.random, atLeast: 0)
    let think = Int64(workload.think.drawn(&job.random, atLeast: 0) * 1e9)
    job.advance(output: output, added: added)
    exchanges.append(
      Exchange(
        request: request, job: job, user: user, arrivedAt: now, output: output, firstTokenSeconds: firstToken,
        thinkNanoseconds: think))
    if isMeasured { tally.begun += 1 }
    submit(request.number)
  }

  /// A request has ended, with or without a reply.
  mutating func over(_ id: Int) {
    exchanges[id].phase = .over
    let exchange = exchanges[id]
    if exchange.job.turnsLeft > 0 {
      plan(.turn(id), at: now + exchange.thinkNanoseconds)
    } else if exchange.user >= 0 {
      plan(.begins(user: exchange.user), at: now)
    }
  }
}
