#include "tests/unit/audio/place_listening.hpp"

#include "environments/definition/definition.hpp"
#include "environments/soundscape/score.hpp"
#include "xr_app/audio/hearing.hpp"
#include "xr_app/audio/mixer.hpp"
#include "xr_app/audio/output_device.hpp"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <time.h> // NOLINT(modernize-deprecated-headers): clock_gettime is POSIX
#include <vector>

namespace haven::listening {
namespace {

double thread_seconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

} // namespace

std::vector<Place> places(const std::filesystem::path& assets) {
    std::vector<Place> found;
    for (const auto& entry : std::filesystem::directory_iterator(assets / "environments")) {
        if (entry.path().extension() != ".json") {
            continue;
        }
        const auto definition = environments::read_definition(entry.path());
        assert(definition.has_value());
        found.push_back({.id = definition->id, .score = definition->score});
    }
    std::ranges::sort(found, {}, &Place::id);
    return found;
}

std::vector<float> heard(audio::Mixer& mixer, double seconds) {
    std::vector<float> samples;
    const auto blocks =
        static_cast<std::size_t>(seconds * soundscape::sample_rate_hz / audio::block_frames);
    samples.reserve(blocks * 2 * audio::block_frames);
    audio::Block block;
    for (std::size_t i = 0; i < blocks; ++i) {
        mixer.render(block);
        samples.insert(samples.end(), block.begin(), block.end());
    }
    return samples;
}

Visit visit(const soundscape::Score& score, double seconds) {
    const auto mixer = audio::Mixer::open(audio::Hearing{});
    assert(mixer != nullptr);
    audio::Ears ears;
    ears.world_from_head.position_m = score.heard_from_m;
    mixer->set_ears(ears);
    mixer->set_place(std::make_unique<audio::PlaceVoices>(score, 0.1));
    static_cast<void>(heard(*mixer, 1.0));
    const double began = thread_seconds();
    Visit result{.samples = heard(*mixer, seconds)};
    result.load = (thread_seconds() - began) / seconds;
    return result;
}

std::vector<float> ear(const std::vector<float>& both, std::size_t which) {
    std::vector<float> one;
    one.reserve(both.size() / 2);
    for (std::size_t i = which; i < both.size(); i += 2) {
        one.push_back(both[i]);
    }
    return one;
}

} // namespace haven::listening
