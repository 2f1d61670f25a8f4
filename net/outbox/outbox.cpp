#include "net/outbox/outbox.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/stroke_json.hpp"
#include "net/api/codec.hpp"
#include "net/api/paths.hpp"
#include "net/api/records.hpp"
#include "net/outbox/database.hpp"
#include "net/outbox/ink_rows.hpp"
#include "net/outbox/left_open.hpp"
#include "net/outbox/owners.hpp"
#include "net/outbox/requests.hpp"
#include "net/outbox/schema.hpp"
#include "net/outbox/trace_requests.hpp"

#include <cassert>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <format>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::outbox {

using detail::Database;
using detail::LeftOpen;
using detail::Row;

struct Outbox::Impl {
    Database database;
    Options options;
    std::vector<LeftOpen> left_open; ///< when the file was opened, and not finished since
    bool batch_open = false;
    std::optional<Error> spoiled;            ///< what went wrong in the open batch
    std::optional<detail::TokenPrint> print; ///< of the token in use
    bool identified = false;                 ///< a server has said whose it is

    /// Runs a change in a transaction of its own, or in the open batch.
    template <std::invocable Change>
    Result<void> change(Change&& make) {
        if (batch_open) {
            if (spoiled) {
                return std::unexpected(*spoiled);
            }
            Result<void> made = std::forward<Change>(make)();
            if (!made) {
                spoiled = made.error();
            }
            return made;
        }
        Result<void> made = database.execute("BEGIN IMMEDIATE").and_then(make).and_then([this] {
            return database.execute("COMMIT");
        });
        if (!made) {
            roll_back(made.error().kind);
        }
        return made;
    }

    void roll_back(ErrorKind why) {
        if (database.in_transaction()) { // SQLite may have rolled back by itself
            [[maybe_unused]] const Result<void> done = database.execute("ROLLBACK");
        }
        if (why == ErrorKind::disk_full) {
            // The log may hold the room that is missing: SQLite empties it only after a commit.
            [[maybe_unused]] const Result<void> done =
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }

    /// Runs `call` with the owner whose things go now.
    template <std::invocable<std::int64_t> Call>
    auto with_owner(Call&& call) {
        return detail::owner_of(database, print).and_then(std::forward<Call>(call));
    }

    Result<void> enqueue(const Uuid& drawing_id, RequestKind kind, std::string_view path,
                         std::string_view body) {
        return detail::enqueue(database, drawing_id, kind, path, body);
    }

    Result<void> demand_open(const Uuid& drawing_id);
    Result<void> enqueue_drawing(const Uuid& drawing_id, const DrawingEnd& end);
    Result<void> finish(const Uuid& drawing_id, const DrawingEnd& end);
};

// ---- opening, and batches ----

Outbox::Outbox(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Outbox::Outbox(Outbox&&) noexcept = default;
Outbox& Outbox::operator=(Outbox&&) noexcept = default;
Outbox::~Outbox() = default;

Result<Outbox> Outbox::open(const std::filesystem::path& file, const Options& options) {
    Result<Database> database = Database::open(file);
    if (!database) {
        return std::unexpected(std::move(database).error());
    }
    const Result<void> ready = detail::prepare_schema(*database, options);
    if (!ready) {
        return std::unexpected(ready.error());
    }
    Result<std::vector<LeftOpen>> left_open = detail::drawings_left_open(*database);
    if (!left_open) {
        return std::unexpected(left_open.error());
    }
    return Outbox(std::make_unique<Impl>(Impl{
        .database = *std::move(database), .options = options, .left_open = *std::move(left_open)}));
}

Result<Outbox::Batch> Outbox::begin_batch() {
    assert(!impl_->batch_open);
    const Result<void> begun = impl_->database.execute("BEGIN IMMEDIATE");
    if (!begun) {
        return std::unexpected(begun.error());
    }
    impl_->batch_open = true;
    impl_->spoiled.reset();
    return Batch(*this);
}

Outbox::Batch::~Batch() {
    if (outbox_ != nullptr) {
        Impl& impl = *outbox_->impl_;
        impl.batch_open = false;
        impl.roll_back(impl.spoiled ? impl.spoiled->kind : ErrorKind::io);
    }
}

Result<void> Outbox::Batch::commit() {
    Impl& impl = *std::exchange(outbox_, nullptr)->impl_;
    impl.batch_open = false;
    Result<void> done = impl.spoiled ? Result<void>(std::unexpected(*impl.spoiled))
                                     : impl.database.execute("COMMIT");
    if (!done) {
        impl.roll_back(done.error().kind);
    }
    return done;
}

// ---- whose it is ----

Result<void> Outbox::use_token(std::string_view token) {
    impl_->identified = false;
    impl_->print.reset();
    if (token.empty()) {
        return {};
    }
    return detail::print_of(impl_->database, token).transform([this](detail::TokenPrint print) {
        impl_->print = print;
    });
}

Result<void> Outbox::identify(const Account& account) {
    assert(impl_->print);
    Result<bool> known = detail::is_identified(impl_->database, *impl_->print, account);
    Result<void> done = known.transform([](bool) {});
    if (known && !*known) {
        done = impl_->change(
            [&] { return detail::identify(impl_->database, *impl_->print, account); });
    }
    impl_->identified = done.has_value();
    return done;
}

Result<std::int64_t> Outbox::claim(const std::optional<Uuid>& drawing_id) {
    assert(impl_->print);
    std::int64_t claimed = 0;
    return impl_
        ->change([&] {
            return detail::claim(impl_->database, *impl_->print, drawing_id).transform([&] {
                claimed = impl_->database.changes();
            });
        })
        .transform([&] { return claimed; });
}

Result<std::vector<KeptDrawing>> Outbox::kept_drawings() {
    return detail::kept_drawings(impl_->database);
}

Result<std::vector<Waiting>> Outbox::waiting() {
    return impl_->with_owner(
        [&](std::int64_t owner) { return detail::waiting(impl_->database, owner); });
}

// ---- while a drawing is under way ----

Result<void> Outbox::begin_drawing(const DrawingBegin& begin) {
    return impl_->change([&]() -> Result<void> {
        Database& database = impl_->database;
        Result<void> done = database.run(
            "INSERT INTO drawings (drawing_id, exercise_id, vr_session_id, "
            "symmetry_enabled, began_at_us, recorded) VALUES (?, ?, ?, ?, ?, ?) "
            "ON CONFLICT DO NOTHING",
            begin.drawing_id, begin.exercise_id, begin.vr_session_id,
            std::int64_t{begin.symmetry_enabled}, begin.began_at, std::int64_t{begin.recorded});
        if (!done || database.changes() == 0) {
            return done;
        }
        if (impl_->print) {
            done = detail::give(database, begin.drawing_id, *impl_->print);
        }
        if (done && begin.session) {
            done = impl_->enqueue(begin.drawing_id, RequestKind::session,
                                  api::session_path(begin.session_id), api::encode(*begin.session));
        }
        return done
            .and_then([&] {
                return impl_->enqueue(begin.drawing_id, RequestKind::exercise,
                                      api::exercise_path(begin.exercise_id),
                                      api::encode(begin.exercise));
            })
            .and_then([&] {
                return impl_->enqueue(begin.drawing_id, RequestKind::vr_session,
                                      api::vr_session_path(begin.vr_session_id),
                                      api::encode(begin.vr_session));
            });
    });
}

Result<void> Outbox::Impl::demand_open(const Uuid& drawing_id) {
    const Result<std::int64_t> open =
        database.integer("SELECT count(*) FROM drawings WHERE drawing_id = ?", drawing_id);
    if (!open) {
        return std::unexpected(open.error());
    }
    if (*open == 0) {
        return std::unexpected(
            Error{.kind = ErrorKind::unknown_drawing,
                  .message = std::format("no drawing {} is open in the outbox; begin it first",
                                         to_string(drawing_id))});
    }
    return {};
}

Result<void> Outbox::begin_recording(const Uuid& drawing_id, const RecordingBegin& begin) {
    return impl_->change([&] {
        return impl_->demand_open(drawing_id).and_then([&] {
            return impl_->database.run("UPDATE drawings SET recorded = 1, symmetry_enabled = ?2, "
                                       "began_at_us = ?3 WHERE drawing_id = ?1 AND recorded = 0",
                                       drawing_id, std::int64_t{begin.symmetry_enabled},
                                       begin.began_at);
        });
    });
}

Result<void> Outbox::add_event(const Uuid& drawing_id, const Uuid& event_id,
                               const api::SessionEvent& event) {
    return impl_->change([&] {
        return impl_->demand_open(drawing_id)
            .and_then([&] {
                return impl_->enqueue(drawing_id, RequestKind::session_event,
                                      api::session_event_path(event_id), api::encode(event));
            })
            .and_then([&] {
                return impl_->database.run("UPDATE drawings SET told_us = max(told_us, ?2) WHERE "
                                           "drawing_id = ?1",
                                           drawing_id, event.happened_at);
            });
    });
}

Result<std::int64_t> Outbox::add_stroke(const Uuid& drawing_id, const Stroke& stroke) {
    const std::string ink = encode_ink_stroke(stroke);
    const Result<void> added = impl_->change([&] {
        return impl_->demand_open(drawing_id).and_then([&] {
            return detail::put_stroke(impl_->database, drawing_id, stroke, ink);
        });
    });
    return added.transform([&ink] { return std::ssize(ink) + removed_bytes_max; });
}

Result<void> Outbox::mark_strokes(const Uuid& drawing_id, std::span<const Uuid> stroke_ids,
                                  const std::optional<std::int64_t>& removed_ms) {
    return impl_->change([&] {
        return impl_->demand_open(drawing_id).and_then([&] {
            return detail::mark_strokes(impl_->database, drawing_id, stroke_ids, removed_ms);
        });
    });
}

Result<void> Outbox::add_trace(const Uuid& drawing_id, std::span<const std::byte> bytes) {
    return impl_->change([&] {
        return impl_->demand_open(drawing_id)
            .and_then([&] {
                return impl_->database.run(
                    "INSERT INTO trace_chunks (drawing_id, offset, bytes) "
                    "SELECT drawing_id, trace_bytes, ?2 FROM drawings WHERE drawing_id = ?1",
                    drawing_id, bytes);
            })
            .and_then([&] {
                return impl_->database.run(
                    "UPDATE drawings SET trace_bytes = trace_bytes + ?2 WHERE drawing_id = ?1",
                    drawing_id, static_cast<std::int64_t>(bytes.size()));
            });
    });
}

Result<void> Outbox::record_metrics(const Uuid& drawing_id, const api::VrSessionMetrics& metrics) {
    return impl_->change([&] {
        return impl_->demand_open(drawing_id).and_then([&] {
            return impl_->database.run(
                "UPDATE drawings SET performance_metrics = ?2 WHERE drawing_id = ?1", drawing_id,
                std::string_view(metrics.performance_metrics_json));
        });
    });
}

// ---- when it ends ----

Result<void> Outbox::Impl::enqueue_drawing(const Uuid& drawing_id, const DrawingEnd& end) {
    api::BilateralDrawing drawing;
    std::optional<api::VrSessionMetrics> metrics;
    bool recorded = true;
    const auto keep = [&](const Row& row) {
        drawing.exercise_id = row.uuid(0);
        drawing.vr_session_id = row.uuid(1);
        drawing.symmetry_enabled = row.integer(2) != 0;
        if (!row.is_null(3)) {
            metrics = api::VrSessionMetrics{.performance_metrics_json = row.text(3)};
        }
        recorded = row.integer(4) != 0;
    };
    const Result<void> read =
        database.each("SELECT exercise_id, vr_session_id, symmetry_enabled, performance_metrics, "
                      "recorded FROM drawings WHERE drawing_id = ?",
                      keep, drawing_id);
    Result<std::string> left = detail::hand_ink(database, drawing_id, Hand::left);
    Result<std::string> right = detail::hand_ink(database, drawing_id, Hand::right);
    if (!read || !left || !right) {
        return std::unexpected(!read ? read.error() : !left ? left.error() : right.error());
    }
    drawing.left_hand_strokes_json = *std::move(left);
    drawing.right_hand_strokes_json = *std::move(right);
    drawing.duration_seconds = end.duration_seconds;

    const Uuid vr_session_id = *drawing.vr_session_id;
    Result<void> done;
    if (metrics) {
        done = enqueue(drawing_id, RequestKind::metrics,
                       api::vr_session_metrics_path(vr_session_id), api::encode(*metrics));
    }
    if (recorded) {
        done =
            done.and_then([&] {
                    return enqueue(drawing_id, RequestKind::drawing,
                                   api::bilateral_drawing_path(drawing_id), api::encode(drawing));
                })
                .and_then([&] { return detail::enqueue_trace(database, drawing_id); });
    }
    return done
        .and_then([&] {
            const api::VrSessionEnd vr_end{.ended_at = end.exercise.completed_at};
            return enqueue(drawing_id, RequestKind::vr_session_end,
                           api::vr_session_end_path(vr_session_id), api::encode(vr_end));
        })
        .and_then([&] {
            return enqueue(drawing_id, RequestKind::exercise_end,
                           api::exercise_end_path(drawing.exercise_id), api::encode(end.exercise));
        });
}

Result<void> Outbox::Impl::finish(const Uuid& drawing_id, const DrawingEnd& end) {
    return demand_open(drawing_id)
        .and_then([&] { return enqueue_drawing(drawing_id, end); })
        .and_then(
            [&] { return database.run("DELETE FROM strokes WHERE drawing_id = ?", drawing_id); })
        .and_then([&] {
            return database.run("DELETE FROM trace_chunks WHERE drawing_id = ?", drawing_id);
        })
        .and_then(
            [&] { return database.run("DELETE FROM drawings WHERE drawing_id = ?", drawing_id); });
}

Result<void> Outbox::finish_drawing(const Uuid& drawing_id, const DrawingEnd& end) {
    return impl_->change([&] { return impl_->finish(drawing_id, end); });
}

Recovered Outbox::recover() {
    Recovered result;
    std::vector<LeftOpen> rest;
    for (LeftOpen& drawing : impl_->left_open) {
        if (const Result<void> done = finish_drawing(drawing.id, drawing.end)) {
            result.finished.push_back(drawing.id);
        } else {
            result.error = done.error().message;
            rest.push_back(std::move(drawing));
        }
    }
    impl_->left_open = std::move(rest);
    result.left = std::ssize(impl_->left_open);
    return result;
}

Result<void> Outbox::set_aside(const Uuid& drawing_id, std::string_view what,
                               std::span<const std::byte> content, std::string_view reason) {
    return impl_->change([&] {
        return impl_->database.run("INSERT INTO set_aside (drawing_id, what, content, reason) "
                                   "VALUES (?, ?, ?, ?)",
                                   drawing_id, what, content, reason);
    });
}

Result<void> Outbox::stay_in_place() {
    return impl_->database.stay_in_place(
        [this](Database& copy) { return detail::prepare_schema(copy, impl_->options); });
}

// ---- what goes to the server ----

Result<std::optional<Request>> Outbox::next_due(std::int64_t now_ms) {
    std::optional<Request> request;
    if (!impl_->identified) {
        return request;
    }
    const auto keep = [&request](const Row& row) {
        request = Request{.sequence = row.integer(0),
                          .drawing_id = row.uuid(1),
                          .kind = static_cast<RequestKind>(row.integer(2)),
                          .method = row.text(3),
                          .path = row.text(4),
                          .content_type = row.text(5),
                          .body = row.text(6),
                          .attempts = static_cast<std::int32_t>(row.integer(7))};
    };
    return impl_->with_owner([&](std::int64_t owner) {
        return impl_->database
            .each("SELECT sequence, drawing_id, kind, method, path, content_type, body, attempts "
                  "FROM heads JOIN requests USING (sequence) JOIN belongs USING (drawing_id) "
                  "WHERE owner = ? AND next_attempt_at_ms <= ? ORDER BY next_attempt_at_ms, "
                  "sequence LIMIT 1",
                  keep, owner, now_ms)
            .transform([&request] { return std::move(request); });
    });
}

Result<std::optional<std::int64_t>> Outbox::next_due_at_ms() {
    std::optional<std::int64_t> due_at_ms;
    const auto keep = [&due_at_ms](const Row& row) {
        if (!row.is_null(0)) {
            due_at_ms = row.integer(0);
        }
    };
    return impl_->with_owner([&](std::int64_t owner) {
        return impl_->database
            .each("SELECT min(next_attempt_at_ms) FROM heads JOIN requests USING (sequence) JOIN "
                  "belongs USING (drawing_id) WHERE owner = ?",
                  keep, owner)
            .transform([&due_at_ms] { return due_at_ms; });
    });
}

Result<void> Outbox::acknowledge(std::int64_t sequence) {
    return impl_->change([&] {
        return impl_->database.run("DELETE FROM requests WHERE sequence = ?", sequence)
            .and_then([&] { return detail::forget_gone(impl_->database); });
    });
}

Result<void> Outbox::reschedule(std::int64_t sequence, std::int64_t when_ms,
                                std::string_view error) {
    return impl_->change([&] {
        return impl_->database.run("UPDATE requests SET attempts = attempts + 1, "
                                   "next_attempt_at_ms = ?2, last_error = ?3 WHERE sequence = ?1",
                                   sequence, when_ms, error);
    });
}

Result<void> Outbox::refuse(std::int64_t sequence, std::string_view reason) {
    return impl_->change([&] {
        return impl_->database.run("UPDATE requests SET attempts = attempts + 1, "
                                   "state = 'refused', last_error = ?2 WHERE sequence = ?1",
                                   sequence, reason);
    });
}

Result<void> Outbox::let_go(std::int64_t sequence, std::string_view reason) {
    return impl_->change([&] {
        return impl_->database
            .run("INSERT INTO set_aside (drawing_id, what, content, reason) "
                 "SELECT drawing_id, path, body, ?2 FROM requests WHERE sequence = ?1",
                 sequence, reason)
            .and_then([&] {
                return impl_->database.run("DELETE FROM requests WHERE sequence = ?", sequence);
            })
            .and_then([&] { return detail::forget_gone(impl_->database); });
    });
}

Result<void> Outbox::drop_trace(const Uuid& drawing_id, std::string_view reason) {
    return impl_->change([&] {
        return detail::drop_trace(impl_->database, drawing_id, reason).and_then([&] {
            return detail::forget_gone(impl_->database);
        });
    });
}

Result<std::int64_t> Outbox::retry_refused() {
    return impl_
        ->change([&] {
            return impl_->database.run("UPDATE requests SET state = 'pending', "
                                       "next_attempt_at_ms = 0 WHERE state = 'refused'");
        })
        .transform([&] { return impl_->database.changes(); });
}

Result<void> Outbox::make_all_due() {
    return impl_->change([&] {
        return impl_->database.run(
            "UPDATE requests SET next_attempt_at_ms = 0, attempts = 0 WHERE attempts <> 0");
    });
}

// ---- what there is ----

Result<Counts> Outbox::counts() {
    Counts counts;
    const auto keep = [&counts](const Row& row) {
        counts = {.open_drawings = row.integer(0),
                  .strokes = row.integer(1),
                  .pending = row.integer(2),
                  .refused = row.integer(3),
                  .set_aside = row.integer(4),
                  .dropped = row.integer(5)};
    };
    return impl_->with_owner([&](std::int64_t owner) {
        return impl_->database
            .each("WITH mine AS (SELECT state FROM requests LEFT JOIN belongs USING (drawing_id) "
                  "WHERE coalesce(owner, 0) = ?1) "
                  "SELECT (SELECT count(*) FROM drawings), (SELECT count(*) FROM strokes), "
                  "(SELECT count(*) FROM mine WHERE state = 'pending'), "
                  "(SELECT count(*) FROM mine WHERE state = 'refused'), "
                  "(SELECT count(*) FROM set_aside), (SELECT count(*) FROM dropped)",
                  keep, owner)
            .transform([&counts] { return counts; });
    });
}

Result<std::int64_t> Outbox::stroke_count(const Uuid& drawing_id) {
    return impl_->database.integer("SELECT count(*) FROM strokes WHERE drawing_id = ?", drawing_id);
}

Result<std::vector<RefusedRequest>> Outbox::refused(std::int32_t items_max) {
    std::vector<RefusedRequest> items;
    const auto keep = [&items](const Row& row) {
        items.push_back({.sequence = row.integer(0),
                         .drawing_id = row.uuid(1),
                         .path = row.text(2),
                         .reason = row.text(3)});
    };
    return impl_->with_owner([&](std::int64_t owner) {
        return impl_->database
            .each("SELECT sequence, drawing_id, path, last_error FROM requests LEFT JOIN belongs "
                  "USING (drawing_id) WHERE state = 'refused' AND coalesce(owner, 0) = ? "
                  "ORDER BY sequence LIMIT ?",
                  keep, owner, std::int64_t{items_max})
            .transform([&items] { return std::move(items); });
    });
}

Result<std::vector<SetAside>> Outbox::things_set_aside() {
    std::vector<SetAside> things;
    const auto keep = [&things](const Row& row) {
        things.push_back({.drawing_id = row.uuid(0), .what = row.text(1), .reason = row.text(2)});
    };
    return impl_->database
        .each("SELECT drawing_id, what, reason FROM set_aside ORDER BY sequence", keep)
        .transform([&things] { return std::move(things); });
}

} // namespace haven::outbox
