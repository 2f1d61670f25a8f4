#pragma once

#include <cstdint>
#include <string>

/// A database like the design's year: every table, filled by COPY, the same for the same numbers.
namespace haven::bench {

struct Year {
    std::int64_t users = 10'000;
    std::int64_t sessions_per_user = 24;

    [[nodiscard]] std::int64_t sessions() const { return users * sessions_per_user; }
};

/// What an id belongs to: it stands in the id, so that any row's id is known without looking.
enum class Kind : std::uint8_t {
    user = 1,
    session,
    exercise,
    vr_session,
    drawing,
    reflection,
    intent,
    screening,
    crisis,
    escalation,
    run,
    tool_call,
    artifact,
    clinician,
    consent,
    notification,
    service,
};

/// The id of the nth of its kind.
[[nodiscard]] std::string id_of(Kind kind, std::int64_t n);

constexpr std::int64_t clinicians = 30;
constexpr std::int64_t prompts = 60;
constexpr std::int64_t voices = 5'000;
constexpr std::int64_t vr_every = 10;      ///< one session in ten has a drawing
constexpr std::int64_t crisis_every = 100; ///< one in a hundred a crisis
constexpr std::int64_t artifact_every = 2;

/// Fills a migrated, empty database, telling how far it is on stderr. Throws std::runtime_error.
void fill(const std::string& database_url, const Year& year);

} // namespace haven::bench
