// haven-hear: what every voice and place measures, as docs/sound.md has it.
// haven-hear PLACE FILE.f32 SECONDS keeps a place's sound: 48 kHz, two channels of 32-bit floats.
#include "environments/soundscape/score.hpp"
#include "environments/soundscape/voice.hpp"
#include "tests/unit/audio/place_listening.hpp"
#include "tests/unit/soundscape/listening.hpp"

#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <ios>
#include <print>
#include <string_view>

namespace haven::listening {
namespace {

constexpr std::string_view assets = HAVEN_ASSETS;

void print_voices(double seconds) {
    std::println("| voice | LUFS | loudest 400 ms | true peak dBTP | middle Hz |");
    std::println("|---|---|---|---|---|");
    for (std::size_t i = 0; i < soundscape::voice_kind_count; ++i) {
        const auto kind = static_cast<soundscape::VoiceKind>(i);
        const auto voice = soundscape::make_voice(kind, 7);
        const auto samples = heard(*voice, seconds);
        const Loudness loud = loudness(samples, 1);
        std::println("| {} | {:.1f} | {:.1f} | {:.1f} | {:.0f} |", to_string(kind),
                     loud.integrated_lufs, loud.loudest_lufs, loud.true_peak_db,
                     Spectrum(samples).middle_hz());
    }
}

void print_places(double seconds) {
    std::println("| place | voices | LUFS | loudest 400 ms | true peak dBTP | of one core |");
    std::println("|---|---|---|---|---|---|");
    for (const Place& place : places(assets)) {
        const Visit heard_there = visit(place.score, seconds);
        const Loudness loud = loudness(heard_there.samples, 2);
        std::println("| {} | {} | {:.1f} | {:.1f} | {:.1f} | {:.1f} % |", place.id,
                     place.score.voices.size(), loud.integrated_lufs, loud.loudest_lufs,
                     loud.true_peak_db, 100.0 * heard_there.load);
    }
}

int keep(std::string_view id, const char* file, double seconds) {
    for (const Place& place : places(assets)) {
        if (place.id == id) {
            const Visit kept = visit(place.score, seconds);
            std::ofstream out(file, std::ios::binary);
            // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): floats as bytes
            out.write(reinterpret_cast<const char*>(kept.samples.data()),
                      static_cast<std::streamsize>(kept.samples.size() * sizeof(float)));
            return out ? EXIT_SUCCESS : EXIT_FAILURE;
        }
    }
    std::println(stderr, "{} is no place", id);
    return EXIT_FAILURE;
}

} // namespace
} // namespace haven::listening

// NOLINTNEXTLINE(bugprone-exception-escape): a tool may end so
int main(int argc, char** argv) {
    if (argc == 4) {
        return haven::listening::keep(argv[1], argv[2], std::strtod(argv[3], nullptr));
    }
    haven::listening::print_voices(120.0);
    std::println("");
    haven::listening::print_places(120.0);
    return EXIT_SUCCESS;
}
