// The tests' main program.
#include <cstdlib>

// No test touches the library of whoever runs it.
static const int no_library = setenv("ENTRAIN_LIBRARY", "none", 1);

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_session.hpp>
int main(int argc, char** argv) { return Catch::Session().run(argc, argv); }
#else
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#endif

#ifdef ENTRAIN_TSAN
// moodycamel's queues order their memory with fences, which ThreadSanitizer does not follow (GCC warns: -Wtsan).
// What happens inside them is not judged; what their users do with what came out is.
extern "C" const char* __tsan_default_suppressions() { return "race:moodycamel::\n"; }
#endif

#ifdef ENTRAIN_ASAN
// What fontconfig, underneath cairo, caches is never given back.
extern "C" const char* __lsan_default_suppressions() { return "leak:libfontconfig\n"; }
extern "C" const char* __lsan_default_options() { return "print_suppressions=0"; }
#endif
