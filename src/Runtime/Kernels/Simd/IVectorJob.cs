namespace Blockwright.Kernels.Simd;

/// <summary>
/// Work that is compiled for each instruction set. It is a struct, a ref struct where it holds references to what it works on, so that
/// <see cref="InstructionSets.Dispatch"/> calls the copy for a set without allocating.
/// </summary>
internal interface IVectorJob
{
    void Run<TSimd, TVector>()
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged;
}
