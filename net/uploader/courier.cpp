#include "net/uploader/courier.hpp"

#include "bilateral/stroke.hpp"
#include "net/api/oauth.hpp"
#include "net/outbox/outbox.hpp"
#include "net/uploader/dispatcher.hpp"
#include "net/uploader/event_queue.hpp"
#include "net/uploader/http_client.hpp"
#include "net/uploader/link_file.hpp"
#include "net/uploader/store_events.hpp"
#include "net/uploader/token_source.hpp"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <format>
#include <functional>
#include <iterator>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <semaphore>
#include <set>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace haven::uploader {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// A piece of trace waits at most this long to become durable; a stroke does not wait.
constexpr milliseconds store_interval(250);
constexpr milliseconds disk_retry_interval(1'000);
constexpr milliseconds recover_interval(10'000);
constexpr milliseconds renewal_wait_max(3'000);
constexpr std::size_t batch_events_max = 256;

std::int64_t steady_ms() {
    return std::chrono::duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

std::function<double()> system_random() {
    return [engine = std::mt19937_64(std::random_device{}())]() mutable {
        return std::uniform_real_distribution<double>(0.0, 1.0)(engine);
    };
}

/// "1 drawing for account ...26f8ad91 of server ...1f6a2b11; 2 drawings, nobody has said whose".
std::string words_for(const std::vector<outbox::Waiting>& others) {
    std::string words;
    for (const outbox::Waiting& waiting : others) {
        words +=
            std::format("{}{} {}: {}", words.empty() ? "" : "; ", waiting.drawings,
                        waiting.drawings == 1 ? "drawing" : "drawings", describe(waiting.owner));
    }
    return words;
}

} // namespace

struct Courier::Impl {
    Impl(const CourierConfig& config, outbox::Outbox opened, std::optional<HttpClient> client)
        : queue(config.queue_events), outbox(std::move(opened)), http(std::move(client)) {
        if (http) {
            dispatcher.emplace(outbox, *http, config.backoff, system_random());
        }
    }

    // The frame thread's.
    EventQueue<Event> queue;
    std::atomic_flag posting;
    std::atomic<std::int64_t> strokes_posted{0};
    std::atomic<std::int64_t> ink_bytes_spared{0};

    // Both sides'.
    mutable std::mutex mutex; ///< held to copy what follows, never across a call
    CourierStatus published;
    std::optional<steady_clock::time_point> end_at; ///< set: store all, send until then, and end
    std::counting_semaphore<> woken{0};             ///< in place of the client's wait, offline

    // The courier thread's.
    outbox::Outbox outbox;
    std::optional<HttpClient> http;
    std::optional<Dispatcher> dispatcher; ///< none: offline
    std::vector<Event> unsaved;           ///< taken from the queue, not yet durable, in order
    CourierStatus state;
    std::int64_t disk_retry_at_ms = 0;
    bool in_place = true;    ///< the outbox's file
    bool all_is_due = false; ///< what the last run left to be sent
    std::int64_t make_due_at_ms = 0;
    std::int64_t recover_at_ms = 0;
    std::int64_t answers_counted = 0;
    bool counts_stale = true;
    DrainResult result;
    std::thread thread;

    void wake();
    void wait(milliseconds wait_max);
    void run();
    void take_posted();
    void store_posted();
    void store_one_by_one();
    void recover();
    void note_stored(const Event& event, std::int64_t ink_bytes);
    void note_set_aside(const Event& event, std::string reason);
    void note_begun(const Event& event);
    void note_disk(const outbox::Result<void>& done);
    void send();
    outbox::Result<void> begin_for(const CourierConfig& config);
    void end_renewal();
    void publish();
    milliseconds idle_time(std::optional<steady_clock::time_point> end);
    bool work_is_over(steady_clock::time_point end);
    DrainResult finish(steady_clock::time_point deadline);
};

// ---- waking and waiting ----

void Courier::Impl::wake() {
    if (http) {
        http->wake();
    } else {
        woken.release();
    }
}

void Courier::Impl::wait(milliseconds wait_max) {
    if (http) {
        http->wait(wait_max);
        return;
    }
    if (woken.try_acquire_for(wait_max)) {
        while (woken.try_acquire()) {
        }
    }
}

// ---- making durable ----

/// Goes on with what the last run left, when it can: nothing waits for it.
void Courier::Impl::recover() {
    // The times of the last run's tries are on the last run's clock, and what was refused may be
    // taken by now.
    if (!all_is_due && steady_ms() >= make_due_at_ms) {
        all_is_due = outbox.make_all_due() && outbox.retry_refused();
        make_due_at_ms = steady_ms() + disk_retry_interval.count();
        recover_at_ms = all_is_due ? 0 : recover_at_ms; // there is room again
        counts_stale = true;
    }
    if (steady_ms() < recover_at_ms) { // it reads and hashes whole traces, each time anew
        return;
    }
    const outbox::Recovered recovered = outbox.recover();
    state.drawings_recovered += std::ssize(recovered.finished);
    state.drawings_left_open = recovered.left;
    state.left_open_because = recovered.error;
    recover_at_ms = recovered.left > 0 ? steady_ms() + recover_interval.count()
                                       : std::numeric_limits<std::int64_t>::max();
    counts_stale = true;
}

void Courier::Impl::take_posted() {
    while (unsaved.size() < batch_events_max) {
        std::optional<Event> event = queue.pop();
        if (!event) {
            return;
        }
        unsaved.push_back(*std::move(event));
    }
}

/// Stores what was posted; what is left unsaved is tried again later.
void Courier::Impl::store_posted() {
    take_posted();
    if (steady_ms() < disk_retry_at_ms) {
        return;
    }
    const outbox::Result<void> there = outbox.stay_in_place();
    in_place = there.has_value();
    if (!in_place) {
        note_disk(there);
        return;
    }
    recover();
    while (!unsaved.empty()) {
        if (const auto ink_bytes = store_together(outbox, unsaved)) {
            for (std::size_t i = 0; i < unsaved.size(); ++i) {
                note_stored(unsaved[i], (*ink_bytes)[i]);
            }
            unsaved.clear();
        } else {
            store_one_by_one(); // to keep what can be kept, and to find what cannot
            if (!unsaved.empty()) {
                return;
            }
        }
        take_posted();
    }
    note_disk({});
}

/// Events of a drawing keep their order: behind one that waits wait those of its drawing alone.
void Courier::Impl::store_one_by_one() {
    std::vector<Event> rest;
    rest.reserve(batch_events_max);
    std::set<Uuid> waiting;
    outbox::Result<void> disk;
    for (Event& event : unsaved) {
        const Uuid drawing_id = drawing_of(event);
        outbox::Result<void> stored;
        if (!waiting.contains(drawing_id)) {
            if (const auto ink_bytes = store(outbox, event)) {
                note_stored(event, *ink_bytes);
                continue;
            } else {
                stored = std::unexpected(ink_bytes.error());
            }
            if (const auto kind = stored.error().kind;
                kind == outbox::ErrorKind::unknown_drawing || kind == outbox::ErrorKind::rejected) {
                // No later try can succeed.
                const std::string reason = stored.error().message;
                stored = set_aside(outbox, event, reason);
                if (stored) {
                    note_set_aside(event, reason);
                    continue;
                }
            }
            disk = stored;
        }
        waiting.insert(drawing_id);
        rest.push_back(std::move(event));
    }
    unsaved = std::move(rest);
    note_disk(disk);
}

void Courier::Impl::note_begun(const Event& event) {
    if (const auto* begun = std::get_if<DrawingBegun>(&event)) {
        state.drawing_id = begun->begin.drawing_id;
        state.strokes_saved = 0;
        state.strokes_set_aside = 0;
    }
    counts_stale = true;
}

void Courier::Impl::note_stored(const Event& event, std::int64_t ink_bytes) {
    note_begun(event);
    if (const auto* stroke = std::get_if<StrokeFinished>(&event)) {
        state.strokes_saved += stroke->drawing_id == state.drawing_id ? 1 : 0;
        const std::int64_t spared = stroke->ink_bytes_max - ink_bytes;
        ink_bytes_spared.fetch_add(std::max(spared, std::int64_t{0}), std::memory_order_relaxed);
    }
}

void Courier::Impl::note_set_aside(const Event& event, std::string reason) {
    note_begun(event);
    if (const auto* stroke = std::get_if<StrokeFinished>(&event)) {
        state.strokes_set_aside += stroke->drawing_id == state.drawing_id ? 1 : 0;
    }
    ++state.events_set_aside;
    state.set_aside_because = std::move(reason);
}

void Courier::Impl::note_disk(const outbox::Result<void>& done) {
    state.disk_error = done ? "" : done.error().message;
    disk_retry_at_ms = done ? 0 : steady_ms() + disk_retry_interval.count();
}

// ---- sending ----

void Courier::Impl::send() {
    if (!dispatcher) {
        return;
    }
    if (!in_place) {
        dispatcher->hold(); // or its connection, which nobody serves, would wake us without end
        return;
    }
    std::ignore = dispatcher->step(steady_ms()); // its last_error tells; what was drawn is saved
    state.link = dispatcher->link();
    state.last_error = dispatcher->last_error();
    state.requests_acknowledged = dispatcher->acknowledged();
    state.requests_too_large = dispatcher->too_large();
    counts_stale = counts_stale || dispatcher->answers() != answers_counted;
    answers_counted = dispatcher->answers();
}

void Courier::Impl::publish() {
    if (counts_stale) {
        if (const auto counts = outbox.counts()) {
            state.requests_pending = counts->pending;
            state.requests_refused = counts->refused;
            state.traces_dropped = counts->dropped;
            state.set_aside_ever = counts->set_aside;
            if (const auto refused = outbox.refused(1)) {
                state.refused_because = refused->empty() ? "" : refused->front().reason;
            }
            if (const auto others = outbox.waiting()) {
                state.waiting_for = words_for(*others);
            }
            counts_stale = false;
        }
    }
    state.strokes_posted = strokes_posted.load(std::memory_order_relaxed);
    const std::scoped_lock lock(mutex);
    published = state;
}

milliseconds Courier::Impl::idle_time(std::optional<steady_clock::time_point> end) {
    milliseconds idle = store_interval;
    if (dispatcher && in_place) {
        const auto sender = dispatcher->idle_time(steady_ms());
        idle = std::min(idle, sender ? *sender : disk_retry_interval);
    }
    if (end) {
        const auto left = std::chrono::ceil<milliseconds>(*end - steady_clock::now());
        idle = std::clamp(left, milliseconds(0), idle);
    }
    return idle;
}

/// Whether nothing more can be done before the end.
bool Courier::Impl::work_is_over(steady_clock::time_point end) {
    if (steady_clock::now() >= end) {
        return true;
    }
    const auto left = std::chrono::ceil<milliseconds>(end - steady_clock::now());
    const bool sending =
        dispatcher && in_place && dispatcher->has_work_before(steady_ms() + left.count());
    return unsaved.empty() && !sending;
}

/// Whoever goes while a token is being renewed may find the old one spent, and no new one.
void Courier::Impl::end_renewal() {
    const auto until = steady_clock::now() + renewal_wait_max;
    while (dispatcher && dispatcher->renewing() && steady_clock::now() < until) {
        wait(milliseconds(100)); // or as soon as the answer comes
        send();
    }
}

void Courier::Impl::run() {
    while (true) {
        std::optional<steady_clock::time_point> end;
        {
            const std::scoped_lock lock(mutex);
            end = end_at;
        }
        if (end && steady_clock::now() >= *end) {
            disk_retry_at_ms = 0; // the last try waits for nothing
        }
        store_posted();
        send();
        publish();
        if (end && work_is_over(*end)) {
            break;
        }
        wait(idle_time(end));
    }
    end_renewal();
    if (http) {
        http->cancel();
    }
    result = {.events_unsaved = static_cast<std::int64_t>(unsaved.size()),
              .requests_pending = state.requests_pending,
              .requests_refused = state.requests_refused};
    while (queue.pop()) {
        ++result.events_unsaved;
    }
}

DrainResult Courier::Impl::finish(steady_clock::time_point deadline) {
    if (thread.joinable()) {
        {
            const std::scoped_lock lock(mutex);
            end_at = deadline;
        }
        wake();
        thread.join();
    }
    return result;
}

// ---- the courier ----

Courier::Courier(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Courier::~Courier() {
    impl_->finish(steady_clock::now());
}

/// Says whose what is drawn is.
outbox::Result<void> Courier::Impl::begin_for(const CourierConfig& config) {
    if (!config.linked) {
        return dispatcher ? dispatcher->set_token(config.token) : outbox.use_token(config.token);
    }
    const api::DeviceLink& link = config.linked->link;
    if (dispatcher) {
        return dispatcher->set_link(TokenSource(config.linked->file, link));
    }
    return outbox.use_token(owner_of(link)).and_then([&] {
        return outbox.identify(account_of(link));
    });
}

std::expected<std::unique_ptr<Courier>, std::string> Courier::start(const CourierConfig& config) {
    std::optional<HttpClient> http;
    if (config.http) {
        auto client = HttpClient::create(*config.http);
        if (!client) {
            return std::unexpected(std::move(client).error().message);
        }
        http.emplace(*std::move(client));
    }
    auto opened = outbox::Outbox::open(config.outbox_file, config.outbox);
    if (!opened) {
        return std::unexpected(std::move(opened).error().message);
    }
    auto impl = std::make_unique<Impl>(config, *std::move(opened), std::move(http));
    if (const auto used = impl->begin_for(config); !used) {
        return std::unexpected(used.error().message);
    }
    impl->unsaved.reserve(batch_events_max);
    impl->recover(); // on a full disk, later
    impl->state.link = impl->dispatcher ? impl->dispatcher->link() : Link::offline;
    impl->publish();
    impl->thread = std::thread([raw = impl.get()] { raw->run(); });
    return std::unique_ptr<Courier>(new Courier(std::move(impl)));
}

bool Courier::post(Event&& event) {
    [[maybe_unused]] const bool twice = impl_->posting.test_and_set(std::memory_order_acquire);
    assert(!twice); // two threads post at once
    const bool begins = std::holds_alternative<DrawingBegun>(event);
    const bool stroke = std::holds_alternative<StrokeFinished>(event);
    const bool trace = std::holds_alternative<TraceBytes>(event);
    const bool posted = impl_->queue.push(event);
    if (posted && begins) {
        impl_->strokes_posted.store(0, std::memory_order_relaxed);
    } else if (posted && stroke) {
        impl_->strokes_posted.fetch_add(1, std::memory_order_relaxed);
    }
    impl_->posting.clear(std::memory_order_release);
    if (!trace || !posted) { // pieces of trace are stored together
        impl_->wake();
    }
    return posted;
}

CourierStatus Courier::status() const {
    const std::scoped_lock lock(impl_->mutex);
    return impl_->published;
}

void Courier::hurry() {
    {
        const std::scoped_lock lock(impl_->mutex);
        if (impl_->end_at) {
            impl_->end_at = steady_clock::now();
        }
    }
    impl_->wake();
}

std::int64_t Courier::ink_bytes_spared() const {
    return impl_->ink_bytes_spared.load(std::memory_order_relaxed);
}

DrainResult Courier::drain(steady_clock::time_point deadline) {
    return impl_->finish(deadline);
}

} // namespace haven::uploader
