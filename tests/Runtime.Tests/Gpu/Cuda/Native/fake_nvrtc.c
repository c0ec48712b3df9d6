/* An NVRTC that says which it is, and compiles nothing: what tests lay into folders. */
#include <stddef.h>

int nvrtcVersion(int *major, int *minor) { *major = MAJOR; *minor = MINOR; return 0; }
const char *nvrtcGetErrorString(int code) { (void)code; return "NVRTC_ERROR"; }
#ifndef OLD
static const int known[] = {ARCHITECTURES};
int nvrtcGetNumSupportedArchs(int *count) { *count = sizeof known / sizeof *known; return 0; }
int nvrtcGetSupportedArchs(int *list) { for (size_t i = 0; i < sizeof known / sizeof *known; i++) list[i] = known[i]; return 0; }
#endif
int nvrtcCreateProgram(void) { return 1; }
int nvrtcCompileProgram(void) { return 1; }
int nvrtcDestroyProgram(void) { return 1; }
int nvrtcGetProgramLogSize(void) { return 1; }
int nvrtcGetProgramLog(void) { return 1; }
int nvrtcGetCUBINSize(void) { return 1; }
int nvrtcGetCUBIN(void) { return 1; }
int nvrtcGetPTXSize(void) { return 1; }
int nvrtcGetPTX(void) { return 1; }
