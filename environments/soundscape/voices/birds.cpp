#include "environments/soundscape/chance.hpp"
#include "environments/soundscape/echo.hpp"
#include "environments/soundscape/filters.hpp"
#include "environments/soundscape/singer.hpp"
#include "environments/soundscape/slow.hpp"
#include "environments/soundscape/voice.hpp"
#include "environments/soundscape/voices/voices.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace haven::soundscape {
namespace {

/// What all that call have in common: long silences, then a phrase of notes, heard through air.
class Caller : public Voice {
  public:
    struct Manner {
        Singer::Overtones overtones{};
        float first_s = 5.0F; ///< the first phrase comes within
        float silence_least_s = 12.0F;
        float silence_mean_s = 14.0F; ///< more, by chance
        float air_hz = 5000.0F;       ///< what the distance takes away
        float far = 0.5F;             ///< of what is heard, as echo
        Echo::Shape echo;
    };
    Caller(std::uint32_t seed, const Manner& manner)
        : chance_(branch(seed, 1)), manner_(manner), singer_(manner.overtones),
          air_(manner.air_hz, 0.6F), echo_(manner.echo),
          next_phrase_(chance_.between(0.3F * manner.first_s, manner.first_s)) {}

  protected:
    /// The note after the one that just ended; false when the phrase is over.
    [[nodiscard]] virtual bool next_note(Note& note) = 0;
    virtual void begin_phrase() = 0;
    [[nodiscard]] Chance& chance() { return chance_; }

    void make(Chunk& chunk) override {
        std::size_t offset = 0;
        while (next_phrase_.due(offset)) {
            begin_phrase();
            calling_ = true;
            next_phrase_.again(3600.0F); // set when the phrase has ended
        }
        next_phrase_.pass();
        for (float& sample : chunk) {
            if (calling_ && singer_.resting()) {
                Note note;
                calling_ = next_note(note);
                if (calling_) {
                    singer_.sing(note);
                } else {
                    next_phrase_ = Countdown(manner_.silence_least_s +
                                             chance_.waiting(manner_.silence_mean_s));
                }
            }
            const float voice = air_.low(singer_.next() + never_denormal);
            sample += (1.0F - manner_.far) * voice + manner_.far * echo_.next(voice);
        }
    }

  private:
    static constexpr float never_denormal = 1e-18F;

    Chance chance_;
    Manner manner_;
    Singer singer_;
    Svf air_;
    Echo echo_;
    Countdown next_phrase_;
    bool calling_ = false;
};

/// Whistles, slides and short trills around a pitch of its own kind; each phrase is put together
/// anew.
class Songbird final : public Caller {
  public:
    explicit Songbird(std::uint32_t seed)
        : Caller(seed, {.overtones = {0.05F, 0.02F, 0.0F, 0.0F},
                        .first_s = 14.0F,
                        .silence_least_s = 9.0F,
                        .silence_mean_s = 16.0F,
                        .air_hz = 6500.0F,
                        .far = 0.45F,
                        .echo = {.decay_s = 0.9F, .size = 1.0F, .bright_hz = 3500.0F}}),
          home_hz_(chance().between_octaves(2300.0F, 3900.0F)),
          pace_(chance().between(0.8F, 1.3F)) {}

  protected:
    void begin_phrase() override {
        notes_left_ = 3 + chance().below(5);
        here_hz_ = home_hz_ * chance().between(0.85F, 1.15F);
        phrase_level_ = chance().between(0.5F, 1.0F);
        first_ = true;
    }
    bool next_note(Note& note) override {
        if (repeats_ > 0) {
            --repeats_;
            note = repeated_;
            note.level *= 0.92F;
            repeated_ = note;
            return true;
        }
        if (notes_left_ == 0) {
            return false;
        }
        --notes_left_;
        here_hz_ = 0.5F * (here_hz_ + home_hz_) * chance().between_octaves(0.78F, 1.28F);
        note.from_hz = here_hz_;
        note.to_hz = here_hz_ * chance().between_octaves(0.8F, 1.25F);
        note.bend = chance().between(-0.12F, 0.16F);
        note.length_s = pace_ * chance().between(0.07F, 0.22F);
        note.silence_s = first_ ? 0.0F : pace_ * chance().between(0.04F, 0.16F);
        note.level = phrase_level_ * chance().between(0.6F, 1.0F);
        note.swell = chance().between(0.25F, 0.6F);
        first_ = false;
        if (chance().unit() < 0.25F) {
            note.flutter = chance().between(0.5F, 0.9F);
            note.flutter_hz = chance().between(22.0F, 38.0F);
            note.length_s *= 2.0F;
        } else if (chance().unit() < 0.25F) {
            repeats_ = 1 + chance().below(4);
            note.length_s = pace_ * chance().between(0.05F, 0.09F);
            note.silence_s = pace_ * chance().between(0.04F, 0.07F);
            repeated_ = note;
        }
        return true;
    }

  private:
    float home_hz_;
    float pace_;
    float here_hz_ = 3000.0F;
    float phrase_level_ = 1.0F;
    std::uint32_t notes_left_ = 0;
    std::uint32_t repeats_ = 0;
    Note repeated_;
    bool first_ = true;
};

/// A thrush across the water: two to four long notes in a scale of its own, much echo.
class LoneBird final : public Caller {
  public:
    explicit LoneBird(std::uint32_t seed)
        : Caller(seed, {.overtones = {0.08F, 0.03F, 0.0F, 0.0F},
                        .first_s = 25.0F,
                        .silence_least_s = 26.0F,
                        .silence_mean_s = 26.0F,
                        .air_hz = 3800.0F,
                        .far = 0.65F,
                        .echo = {.decay_s = 2.4F, .size = 2.3F, .bright_hz = 2200.0F}}),
          home_hz_(chance().between_octaves(1150.0F, 1500.0F)) {}

  protected:
    void begin_phrase() override {
        notes_left_ = 2 + chance().below(3);
        step_ = chance().below(3);
    }
    bool next_note(Note& note) override {
        if (notes_left_ == 0) {
            return false;
        }
        --notes_left_;
        // Pure intervals; it never sings a note twice running.
        constexpr std::array<float, 5> steps{1.0F, 9.0F / 8.0F, 5.0F / 4.0F, 3.0F / 2.0F,
                                             5.0F / 3.0F};
        step_ = (step_ + 1 + chance().below(4)) % 5;
        note.from_hz = home_hz_ * steps.at(step_);
        note.to_hz = note.from_hz * chance().between(0.975F, 1.01F);
        note.bend = chance().between(0.0F, 0.03F);
        note.length_s = chance().between(0.35F, 0.8F);
        note.silence_s = chance().between(0.1F, 0.5F);
        note.level = chance().between(0.6F, 1.0F);
        note.swell = chance().between(0.3F, 0.55F);
        note.vibrato = chance().between(0.0F, 0.008F);
        return true;
    }

  private:
    float home_hz_;
    std::uint32_t notes_left_ = 0;
    std::uint32_t step_ = 0;
};

/// Gulls far out: a long falling cry, sometimes answered by shorter ones.
class Gulls final : public Caller {
  public:
    explicit Gulls(std::uint32_t seed)
        : Caller(seed, {.overtones = {0.85F, 0.6F, 0.35F, 0.18F},
                        .first_s = 30.0F,
                        .silence_least_s = 24.0F,
                        .silence_mean_s = 24.0F,
                        .air_hz = 2600.0F,
                        .far = 0.6F,
                        .echo = {.decay_s = 1.2F, .size = 1.9F, .bright_hz = 1900.0F}}) {}

  protected:
    void begin_phrase() override {
        notes_left_ = 1 + chance().below(5);
        cry_hz_ = chance().between(620.0F, 820.0F);
        level_ = chance().between(0.45F, 0.8F);
        long_cry_ = true;
    }
    bool next_note(Note& note) override {
        if (notes_left_ == 0) {
            return false;
        }
        --notes_left_;
        note.from_hz = cry_hz_ * chance().between(0.95F, 1.06F);
        note.to_hz = note.from_hz * chance().between(0.68F, 0.8F);
        note.bend = chance().between(0.22F, 0.4F);
        note.length_s = long_cry_ ? chance().between(0.55F, 0.9F) : chance().between(0.22F, 0.36F);
        note.silence_s = chance().between(0.08F, 0.25F);
        note.level = level_;
        note.swell = 0.35F;
        level_ *= 0.85F;
        long_cry_ = false;
        return true;
    }

  private:
    std::uint32_t notes_left_ = 0;
    float cry_hz_ = 700.0F;
    float level_ = 1.0F;
    bool long_cry_ = true;
};

/// A tawny owl far off: one long hoot, a breath, then a shaken one. Seldom.
class Owl final : public Caller {
  public:
    explicit Owl(std::uint32_t seed)
        : Caller(seed, {.overtones = {0.06F, 0.03F, 0.0F, 0.0F},
                        .first_s = 35.0F,
                        .silence_least_s = 40.0F,
                        .silence_mean_s = 35.0F,
                        .air_hz = 1500.0F,
                        .far = 0.6F,
                        .echo = {.decay_s = 2.0F, .size = 2.1F, .bright_hz = 1200.0F}}),
          hoot_hz_(chance().between(330.0F, 400.0F)) {}

  protected:
    void begin_phrase() override {
        note_ = 0;
        alone_ = chance().unit() < 0.3F;
        here_hz_ = hoot_hz_ * chance().between(0.97F, 1.03F);
    }
    bool next_note(Note& note) override {
        const std::uint32_t at = note_++;
        note.from_hz = here_hz_ * 0.97F;
        note.to_hz = here_hz_ * 0.94F;
        note.bend = 0.07F;
        note.swell = 0.35F;
        if (at == 0) {
            note.length_s = chance().between(0.7F, 0.95F);
            return true;
        }
        if (alone_ || at > 2) {
            return false;
        }
        if (at == 1) {
            note.length_s = chance().between(0.13F, 0.18F);
            note.silence_s = chance().between(2.2F, 3.6F);
            note.level = 0.5F;
            return true;
        }
        note.length_s = chance().between(1.3F, 1.8F);
        note.silence_s = chance().between(0.35F, 0.6F);
        note.flutter = 0.55F;
        note.flutter_hz = chance().between(9.0F, 12.0F);
        note.swell = 0.6F;
        return true;
    }

  private:
    float hoot_hz_;
    float here_hz_ = 360.0F;
    std::uint32_t note_ = 0;
    bool alone_ = false;
};

} // namespace

VoicePointer make_songbird(std::uint32_t seed) {
    return std::make_unique<Songbird>(seed);
}

VoicePointer make_lone_bird(std::uint32_t seed) {
    return std::make_unique<LoneBird>(seed);
}

VoicePointer make_gulls(std::uint32_t seed) {
    return std::make_unique<Gulls>(seed);
}

VoicePointer make_owl(std::uint32_t seed) {
    return std::make_unique<Owl>(seed);
}

} // namespace haven::soundscape
