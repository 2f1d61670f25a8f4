#pragma once

#include "net/api/codec.hpp"
#include "net/api/email.hpp"
#include "net/api/json_rules.hpp"
#include "net/api/limits.hpp"
#include "net/api/records.hpp"

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>

/// Each record once: its members, and what they may be. A visitor reads or writes them.
namespace haven::api::detail {

template <typename T, typename Record>
concept Is = std::same_as<std::remove_const_t<T>, Record>;

inline constexpr std::array<std::string_view, 3> modalities{"web", "vr", "desktop"};
inline constexpr std::array<std::string_view, 3> interaction_modes{"controller", "hand_tracking",
                                                                   "gaze"};
inline constexpr std::array<std::string_view, 3> token_bearers{"user", "clinician", "service"};
inline constexpr std::array<std::string_view, 2> exercise_ends{"completed", "abandoned"};
inline constexpr std::array<std::string_view, 2> told_events{"user_interaction", "error"};

inline bool is_plain_text(std::string_view text) {
    return std::ranges::all_of(
        text, [](char c) { return static_cast<unsigned char>(c) >= 0x20U && c != 0x7F; });
}

inline bool is_language(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-';
    });
}

inline bool is_lower_hex(std::string_view text) {
    return std::ranges::all_of(
        text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

inline constexpr Text email_rule{
    3, email_length_max, [](std::string_view text) { return is_email(text); }, "an e-mail address"};
/// As it is typed: one letter of a password may be four characters before it is composed.
inline constexpr std::size_t password_typed_max = 4 * password_length_max;
inline constexpr Text password_rule{password_length_min, password_typed_max};
inline constexpr Text identifier_rule{1, environment_id_length_max};
inline constexpr Text technique_rule{1, technique_length_max};
inline constexpr Text prompt_rule{1, prompt_length_max};
inline constexpr Text text_rule{0, 1024};
inline constexpr Text sha256_rule{sha256_length, sha256_length, &is_lower_hex,
                                  "lower-case hexadecimal digits"};
inline constexpr Range natural_32{0, std::numeric_limits<std::int32_t>::max()};
inline constexpr Range natural_64{0, std::numeric_limits<std::int64_t>::max()};

template <Is<Registration> R>
void visit(auto& members, R& record) {
    members.member("email", record.email, email_rule);
    members.member("password", record.password, password_rule);
    members.member("full_name", record.full_name,
                   Text{1, full_name_length_max, &is_plain_text, "without control characters"});
    members.member("preferred_language", record.preferred_language,
                   Text{2, preferred_language_length_max, &is_language, "a language tag"},
                   Presence::optional);
    members.member("consent_data_processing", record.consent_data_processing,
                   Flag{"nothing may be kept of a person who does not agree to it"});
    members.member("consent_motion_trace", record.consent_motion_trace, Flag{}, Presence::optional);
}

template <Is<Session> R>
void visit(auto& members, R& record) {
    members.member("modality", record.modality, OneOf{modalities}, Presence::optional);
    members.member("environment_id", record.environment_id, identifier_rule);
    members.member("started_at", record.started_at, Moment{});
}

template <Is<Exercise> R>
void visit(auto& members, R& record) {
    members.member("session_id", record.session_id, Id{});
    members.member("technique", record.technique, technique_rule, Presence::optional);
    members.member("technique_config", record.technique_config_json, RawObject{});
    members.member("started_at", record.started_at, Moment{});
    members.member("opening_prompt", record.opening_prompt, prompt_rule);
    members.member("guideposts", record.guideposts_json, Texts{guideposts_max, prompt_length_max});
    members.member("grounding_close", record.grounding_close, prompt_rule);
}

template <Is<ExerciseEnd> R>
void visit(auto& members, R& record) {
    members.member("status", record.status, OneOf{exercise_ends}, Presence::optional);
    members.member("completed_at", record.completed_at, Moment{});
}

template <Is<VrSession> R>
void visit(auto& members, R& record) {
    members.member("parent_session_id", record.parent_session_id, Id{});
    members.member("environment_id", record.environment_id, identifier_rule);
    members.member("environment_config", record.environment_config_json, RawObject{});
    members.member("interaction_mode", record.interaction_mode, OneOf{interaction_modes},
                   Presence::optional);
    members.member("spatial_audio_enabled", record.spatial_audio_enabled, Flag{},
                   Presence::optional);
    members.member("cinematic_mode_enabled", record.cinematic_mode_enabled, Flag{},
                   Presence::optional);
    members.member("camera_path_data", record.camera_path_data_json, RawObject{});
    members.member("started_at", record.started_at, Moment{});
}

template <Is<VrSessionMetrics> R>
void visit(auto& members, R& record) {
    members.member("performance_metrics", record.performance_metrics_json, RawObject{});
}

template <Is<VrSessionEnd> R>
void visit(auto& members, R& record) {
    members.member("ended_at", record.ended_at, Moment{});
}

template <Is<SessionEvent> R>
void visit(auto& members, R& record) {
    members.member("session_id", record.session_id, Id{});
    members.member("event_type", record.event_type, OneOf{told_events}, Presence::optional);
    members.member("event_data", record.event_data_json, RawObject{});
    members.member("happened_at", record.happened_at, Moment{});
}

void visit_drawing(auto& members, auto& record) {
    members.member("exercise_id", record.exercise_id, Id{});
    members.member("vr_session_id", record.vr_session_id, Id{});
    members.member("left_hand_strokes", record.left_hand_strokes_json, RawObject{});
    members.member("right_hand_strokes", record.right_hand_strokes_json, RawObject{});
    members.member("symmetry_enabled", record.symmetry_enabled, Flag{}, Presence::optional);
    members.member("duration_seconds", record.duration_seconds, Range{0, duration_seconds_max});
}

template <Is<BilateralDrawing> R>
void visit(auto& members, R& record) {
    visit_drawing(members, record);
}

template <Is<BilateralDrawingView> R>
void visit(auto& members, R& record) {
    visit_drawing(members, record);
}

template <Is<TraceCompletion> R>
void visit(auto& members, R& record) {
    members.member("size_bytes", record.size_bytes, Range{0, trace_bytes_max});
    members.member("sha256", record.sha256, sha256_rule);
}

template <Is<Receipt> R>
void visit(auto& members, R& record) {
    members.member("id", record.id, Id{});
    members.member("sha256", record.sha256, sha256_rule);
}

template <Is<TokenGrant> R>
void visit(auto& members, R& record) {
    members.member("access_token", record.access_token, text_rule);
    members.member("token_type", record.token_type, text_rule);
    members.member("expires_in", record.expires_in, natural_64);
    members.member("refresh_token", record.refresh_token, text_rule);
    members.member("scope", record.scope, text_rule);
    members.member("bearer", record.bearer, OneOf{token_bearers});
    members.member("bearer_id", record.bearer_id, Id{});
    members.member("role", record.role, text_rule);
}

template <Is<TokenBearer> R>
void visit(auto& members, R& record) {
    members.member("server_id", record.server_id, Id{});
    members.member("bearer", record.bearer, OneOf{token_bearers});
    members.member("bearer_id", record.bearer_id, Id{});
    members.member("scope", record.scope, text_rule);
}

template <Is<TraceOffset> R>
void visit(auto& members, R& record) {
    members.member("id", record.id, Id{});
    members.member("upload_offset", record.upload_offset, natural_64);
    members.member("complete", record.complete, Flag{}, Presence::optional);
    members.member("size_bytes", record.size_bytes, natural_64);
    members.member("sha256", record.sha256, sha256_rule);
}

} // namespace haven::api::detail
