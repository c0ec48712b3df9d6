namespace Blockwright.Gpu.Cuda;

/// <summary>NVRTC's entry points that are called, as pointers.</summary>
internal sealed unsafe class NvrtcFunctions
{
    public readonly delegate* unmanaged<int*, int*, int> Version;
    public readonly delegate* unmanaged<int, byte*> GetErrorString;
    public readonly delegate* unmanaged<int*, int> GetNumSupportedArchs;
    public readonly delegate* unmanaged<int*, int> GetSupportedArchs;
    public readonly delegate* unmanaged<nint*, byte*, byte*, int, byte**, byte**, int> CreateProgram;
    public readonly delegate* unmanaged<nint, int, byte**, int> CompileProgram;
    public readonly delegate* unmanaged<nint*, int> DestroyProgram;
    public readonly delegate* unmanaged<nint, nuint*, int> GetProgramLogSize;
    public readonly delegate* unmanaged<nint, byte*, int> GetProgramLog;
    public readonly delegate* unmanaged<nint, nuint*, int> GetCubinSize;
    public readonly delegate* unmanaged<nint, byte*, int> GetCubin;
    public readonly delegate* unmanaged<nint, nuint*, int> GetPtxSize;
    public readonly delegate* unmanaged<nint, byte*, int> GetPtx;

    /// <param name="library">Where the exports come from, for the message.</param>
    /// <param name="export">An export's address; 0 where there is none.</param>
    /// <exception cref="CudaException">It is too old: it lacks exports.</exception>
    public NvrtcFunctions(string library, Func<string, nint> export)
    {
        var find = new ExportFinder(export);
        Version = (delegate* unmanaged<int*, int*, int>)find["nvrtcVersion"];
        GetErrorString = (delegate* unmanaged<int, byte*>)find["nvrtcGetErrorString"];
        GetNumSupportedArchs = (delegate* unmanaged<int*, int>)find["nvrtcGetNumSupportedArchs"];
        GetSupportedArchs = (delegate* unmanaged<int*, int>)find["nvrtcGetSupportedArchs"];
        CreateProgram = (delegate* unmanaged<nint*, byte*, byte*, int, byte**, byte**, int>)find["nvrtcCreateProgram"];
        CompileProgram = (delegate* unmanaged<nint, int, byte**, int>)find["nvrtcCompileProgram"];
        DestroyProgram = (delegate* unmanaged<nint*, int>)find["nvrtcDestroyProgram"];
        GetProgramLogSize = (delegate* unmanaged<nint, nuint*, int>)find["nvrtcGetProgramLogSize"];
        GetProgramLog = (delegate* unmanaged<nint, byte*, int>)find["nvrtcGetProgramLog"];
        GetCubinSize = (delegate* unmanaged<nint, nuint*, int>)find["nvrtcGetCUBINSize"];
        GetCubin = (delegate* unmanaged<nint, byte*, int>)find["nvrtcGetCUBIN"];
        GetPtxSize = (delegate* unmanaged<nint, nuint*, int>)find["nvrtcGetPTXSize"];
        GetPtx = (delegate* unmanaged<nint, byte*, int>)find["nvrtcGetPTX"];
        if (find.Missing.Count > 0)
            throw new CudaException($"{library} lacks {string.Join(", ", find.Missing)}: it is no NVRTC, or one from before CUDA 11.2");
    }
}
