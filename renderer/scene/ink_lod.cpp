#include "renderer/scene/ink_lod.hpp"

#include "renderer/scene/ink_ring.hpp"

#include <glm/common.hpp>
#include <glm/geometric.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace haven::scene {
namespace {

// Levels are finest first: a tube, then ribbons of each stream.
constexpr std::uint8_t ribbon_level = 1;
constexpr std::uint8_t level_count = ribbon_level + ink_stream_count;
constexpr float ribbon_px = 14.0F; // narrower than that, nobody tells a ribbon from a tube
constexpr float hysteresis = 1.2F; // a level is left only when it is so much too coarse

std::size_t stream_of(std::uint8_t level) {
    return level < ribbon_level ? 0 : static_cast<std::size_t>(level) - ribbon_level;
}

bool ends_stroke(const InkRing& ring) {
    return (ring.flags & InkRing::last_of_stroke) != 0;
}
bool ends_stroke(std::uint8_t flags) {
    return (flags & InkRing::last_of_stroke) != 0;
}

/// As a ring has them.
std::uint32_t flags_of(std::uint8_t flags) {
    return flags & (InkRing::last_of_stroke | InkRing::hidden);
}

/// The rings of a chunk that a stream with so large a step keeps: each stroke's first, every
/// step-th after it, its last; and the ring after the chunk, where its last joint ends.
template <typename Ends, typename Keep>
void for_each_kept(std::size_t count, std::size_t step, Ends&& ends, Keep&& keep) {
    std::size_t start = 0; // of the stroke, in this chunk
    for (std::size_t i = 0; i < count; ++i) {
        const bool last = ends(i);
        if ((i - start) % step == 0 || last || i + 1 == count) {
            keep(i);
        }
        start = last ? i + 1 : start;
    }
}

/// How far the outline moves where rings `from` to `to` are joined without those between.
float deviation_between(std::span<const InkRing> rings, std::size_t from, std::size_t to) {
    const InkRing& a = rings[from];
    const InkRing& b = rings[to];
    const glm::vec3 along = b.centre_m - a.centre_m;
    const float length2 = std::max(glm::dot(along, along), 1e-12F);
    float most = 0.0F;
    for (std::size_t i = from + 1; i < to; ++i) {
        const InkRing& ring = rings[i];
        if (ring.colour != a.colour) {
            return std::numeric_limits<float>::max();
        }
        const glm::vec3 offset = ring.centre_m - a.centre_m;
        const float t = std::clamp(glm::dot(offset, along) / length2, 0.0F, 1.0F);
        const float radius = a.radius_m + t * (b.radius_m - a.radius_m);
        most = std::max(most, glm::length(offset - t * along) + std::abs(ring.radius_m - radius));
    }
    return most;
}

/// The rings of a chunk that a stream with so large a step keeps. Answers how far the outline
/// moves.
float thin_chunk(std::span<const InkRing> rings, std::size_t step, std::vector<InkRing>& kept) {
    float deviation_m = 0.0F;
    std::size_t last = 0; // kept
    for_each_kept(
        rings.size(), step, [&](std::size_t i) { return ends_stroke(rings[i]); },
        [&](std::size_t i) {
            if (i > 0 && !ends_stroke(rings[i - 1])) {
                deviation_m = std::max(deviation_m, deviation_between(rings, last, i));
            }
            kept.push_back(rings[i]);
            last = i;
        });
    kept.back().flags |= InkRing::last_of_stroke; // what follows in the stream is the next chunk's
    return deviation_m;
}

float distance_to_box(glm::vec3 point, glm::vec3 low, glm::vec3 high) {
    return glm::distance(point, glm::clamp(point, low, high));
}

} // namespace

InkChunks::InkChunks() {
    open_.reserve(chunk_rings + 1);
    runs_.reserve(run_count_max + 1);
    chunks_.reserve(1024);
}

void InkChunks::append(std::span<const InkRing> rings, Thinned& thinned) {
    for (const InkRing& ring : rings) {
        if (open_.size() == chunk_rings) {
            close(&ring, thinned);
        }
        open_.push_back(ring);
        flags_.push_back(
            static_cast<std::uint8_t>(flags_of(static_cast<std::uint8_t>(ring.flags)) |
                                      ((ring.flags & InkRing::hidden) != 0 ? told_hidden : 0U)));
        ++counts_[0];
    }
}

/// `next` is the ring after the chunk: its last joint ends there.
void InkChunks::close(const InkRing* next, Thinned& thinned) {
    const auto joints = static_cast<std::uint32_t>(open_.size());
    open_.push_back(*next);
    Chunk chunk{.low = glm::vec3(std::numeric_limits<float>::max()),
                .high = glm::vec3(std::numeric_limits<float>::lowest()),
                .radius_m = 0.0F,
                .deviation_m = {},
                .first = {},
                .count = {},
                .hidden_rings = 0,
                .level = unseen};
    const bool goes_on = !ends_stroke(open_[joints - 1]);
    for (std::size_t i = 0; i < joints + (goes_on ? 1 : 0); ++i) {
        const InkRing& ring = open_[i];
        chunk.radius_m = std::max(chunk.radius_m, ring.radius_m);
        chunk.low = glm::min(chunk.low, ring.centre_m - ring.radius_m);
        chunk.high = glm::max(chunk.high, ring.centre_m + ring.radius_m);
    }
    chunk.first[0] = open_first_;
    chunk.count[0] = joints;
    chunk.hidden_rings = static_cast<std::uint32_t>(
        std::ranges::count_if(std::span(open_).first(joints), [](const InkRing& ring) {
            return (ring.flags & InkRing::hidden) != 0;
        }));
    for (std::size_t stream = 1; stream < ink_stream_count; ++stream) {
        auto& kept = thinned.at(stream - 1);
        const std::size_t before = kept.size();
        const auto shown = std::span(open_).first(joints + (goes_on ? 1 : 0));
        chunk.deviation_m.at(stream) = thin_chunk(shown, std::size_t{1} << stream, kept);
        chunk.first.at(stream) = counts_.at(stream);
        chunk.count.at(stream) = static_cast<std::uint32_t>(kept.size() - before);
        counts_.at(stream) += chunk.count.at(stream);
    }
    chunks_.push_back(chunk);
    open_first_ += joints;
    open_.clear();
}

void InkChunks::clear() {
    chunks_.clear();
    open_.clear();
    open_first_ = 0;
    flags_.clear();
    changed_chunks_.clear();
    counts_ = {};
}

void InkChunks::set_hidden(std::uint32_t first, std::uint32_t count, bool hidden) {
    assert(first + count <= counts_[0]);
    const std::uint32_t end = first + count;
    for (std::uint32_t from = first; from < end;) {
        const std::uint32_t chunk = from / chunk_rings;
        const std::uint32_t to = std::min(end, (chunk + 1) * chunk_rings);
        std::uint32_t changed = 0;
        for (std::uint8_t& flags : std::span(flags_).subspan(from, to - from)) {
            const auto set = static_cast<std::uint8_t>(hidden ? flags | InkRing::hidden
                                                              : flags & ~InkRing::hidden);
            changed += set != flags ? 1 : 0;
            flags = set;
        }
        if (chunk < chunks_.size()) {
            std::uint32_t& rings = chunks_[chunk].hidden_rings;
            rings = hidden ? rings + changed : rings - changed;
        } else {
            for (std::uint32_t i = from; i < to; ++i) {
                open_[i - open_first_].flags = flags_of(flags_[i]);
            }
        }
        if (changed > 0 && (changed_chunks_.empty() || changed_chunks_.back() != chunk)) {
            changed_chunks_.push_back(chunk);
        }
        from = to;
    }
}

std::span<const InkFlags> InkChunks::take_changes(std::size_t most) {
    changes_.clear();
    while (!changed_chunks_.empty() && changes_.size() + changes_a_chunk_max <= most) {
        const std::uint32_t chunk = changed_chunks_.back();
        changed_chunks_.pop_back();
        if (chunk >= chunks_.size() || !chunks_[chunk].hidden()) { // else it is not drawn
            tell_changes(chunk);
        }
    }
    return changes_;
}

void InkChunks::tell_changes(std::uint32_t chunk) {
    const std::uint32_t first = chunk * chunk_rings;
    const auto rings = std::span(flags_).subspan(first, std::min(chunk_rings, counts_[0] - first));
    const auto changed = [&](std::size_t i) {
        return i < rings.size() &&
               ((rings[i] & InkRing::hidden) != 0) != ((rings[i] & told_hidden) != 0);
    };
    for (std::uint32_t i = 0; i < rings.size(); ++i) {
        if (changed(i)) {
            changes_.push_back({.stream = 0, .ring = first + i, .flags = flags_of(rings[i])});
        }
    }
    if (chunk < chunks_.size()) {
        const auto ends = [&](std::size_t i) { return ends_stroke(rings[i]); };
        const bool goes_on = !ends(rings.size() - 1);
        for (std::uint8_t stream = 1; stream < ink_stream_count; ++stream) {
            std::uint32_t ring = chunks_[chunk].first.at(stream);
            const std::uint32_t last = ring + chunks_[chunk].count.at(stream) - 1;
            for_each_kept(
                rings.size() + (goes_on ? 1 : 0), std::size_t{1} << stream,
                [&](std::size_t i) { return i < rings.size() && ends(i); },
                [&](std::size_t i) {
                    if (changed(i) && ring != last) { // the last is joined to nothing anyway
                        changes_.push_back(
                            {.stream = stream, .ring = ring, .flags = flags_of(rings[i])});
                    }
                    ++ring;
                });
        }
    }
    for (std::uint8_t& flags : rings) {
        flags = static_cast<std::uint8_t>((flags & InkRing::hidden) != 0 ? flags | told_hidden
                                                                         : flags & ~told_hidden);
    }
}

std::uint8_t InkChunks::level_of(const Chunk& chunk, const InkSight& sight) const {
    if (chunk.hidden()) {
        return unseen;
    }
    if (!sight.left.touches(chunk.low, chunk.high) && !sight.right.touches(chunk.low, chunk.high)) {
        return unseen;
    }
    const float distance_m =
        std::max(std::min(distance_to_box(sight.eyes_m[0], chunk.low, chunk.high),
                          distance_to_box(sight.eyes_m[1], chunk.low, chunk.high)),
                 0.01F);
    const float px_per_m = sight.px_per_rad / distance_m;
    const auto fits = [&](std::uint8_t level) {
        const float held = chunk.level != unseen && level <= chunk.level ? hysteresis : 1.0F;
        const float much = sight.tolerance_px * held;
        if (much <= 0.0F || 2.0F * chunk.radius_m * px_per_m > ribbon_px * held) {
            return false;
        }
        const std::size_t stream = stream_of(level);
        return chunk.count.at(stream) > 0 && chunk.deviation_m.at(stream) * px_per_m <= much;
    };
    std::uint8_t level = 0;
    while (level + 1 < level_count && fits(static_cast<std::uint8_t>(level + 1))) {
        ++level;
    }
    return level;
}

void InkChunks::add_run(const InkRun& run) {
    if (run.count == 0) {
        return;
    }
    if (!runs_.empty()) {
        InkRun& last = runs_.back();
        if (last.shape == run.shape && last.stream == run.stream &&
            last.first + last.count == run.first) {
            last.count += run.count;
            return;
        }
    }
    runs_.push_back(run);
}

/// Neighbours drawn alike become one run; with `group` > 1 so many chunks are drawn alike, as
/// finely as the finest of them. `end` counts the rings of stream 0 with the live ones. False when
/// there are too many runs.
bool InkChunks::add_runs(const std::array<std::uint32_t, ink_stream_count>& uploaded,
                         std::uint32_t end, std::size_t group) {
    runs_.clear();
    for (std::size_t begin = 0; begin < chunks_.size(); begin += group) {
        const auto members =
            std::span(chunks_).subspan(begin, std::min(group, chunks_.size() - begin));
        const std::uint8_t finest = std::ranges::min(members, {}, &Chunk::level).level;
        if (finest == unseen) {
            continue;
        }
        const auto stream = static_cast<std::uint8_t>(stream_of(finest));
        for (const Chunk& chunk : members) {
            if (chunk.hidden()) { // streams may not have been told
                continue;
            }
            if (runs_.size() >= run_count_max && group < chunks_.size()) {
                return false;
            }
            const std::uint32_t first = chunk.first.at(stream);
            const std::uint32_t count = chunk.count.at(stream);
            if (stream > 0 && count > 0 && first + count <= uploaded.at(stream)) {
                add_run({InkShape::ribbon, stream, first, count});
                continue;
            }
            // In full, too, while its copy has not arrived or when it was cut.
            const auto shape = finest == ribbon_level ? InkShape::ribbon : InkShape::tube;
            if (chunk.first[0] + 1 < end) { // a joint needs its second ring
                add_run(
                    {shape, 0, chunk.first[0], std::min(chunk.count[0], end - 1 - chunk.first[0])});
            }
        }
    }
    return true;
}

std::span<const InkRun> InkChunks::cull(const InkSight& sight,
                                        const std::array<std::uint32_t, ink_stream_count>& uploaded,
                                        std::uint32_t live) {
    for (Chunk& chunk : chunks_) {
        chunk.level = level_of(chunk, sight);
    }
    const std::uint32_t end = uploaded[0] + live;
    for (std::size_t group = 1; !add_runs(uploaded, end, group); group *= 2) {
    }
    if (open_first_ + 1 < end) { // the fresh end: what is in no chunk yet, and what lives after it
        add_run({InkShape::tube, 0, open_first_, end - 1 - open_first_});
    }
    return runs_;
}

} // namespace haven::scene
