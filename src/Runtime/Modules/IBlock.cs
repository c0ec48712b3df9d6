namespace Blockwright;

/// <summary>A <see cref="BlockModule{TResult}"/>, whatever it gives.</summary>
internal interface IBlock
{
    /// <summary>How its layers came into it.</summary>
    ModuleLayers Layers { get; }

    /// <summary>Its key in the declared module that it is a part of; null where it is none of any.</summary>
    string? Key { get; set; }
}
