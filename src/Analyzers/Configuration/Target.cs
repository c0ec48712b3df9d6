namespace Blockwright.Analyzers.Configuration;

/// <summary>The hardware that a network is designed for: <c>blockwright_target</c>.</summary>
public enum Target
{
    /// <summary>A graphics card: the default. Groups, fragments and element-wise passes cost it most.</summary>
    Gpu,

    /// <summary>An ARM core of a phone. Fragments cost it little.</summary>
    Arm,

    /// <summary>A desktop or server core. The paper measured none; the ARM core's table is the nearest.</summary>
    Cpu,

    /// <summary>A neural processing unit. The paper measured none; the GPU's table is the nearest.</summary>
    Npu,
}
