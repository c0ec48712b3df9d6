namespace Blockwright.Runtime.Tests.Gpu.Cuda;

/// <summary>Tests with a fake driver or compiler, of which there is one at a time.</summary>
[CollectionDefinition(Name)]
public class CudaCollection
{
    public const string Name = "CUDA";
}
