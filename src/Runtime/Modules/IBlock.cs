namespace Blockwright;

/// <summary>A declared module with one input, whatever it gives: torch has no base class that a <see cref="BlockModule"/> and a <see cref="BlockModule{TResult}"/> could share.</summary>
internal interface IBlock
{
    /// <summary>How its layers came into it.</summary>
    ModuleLayers Layers { get; }

    /// <summary>Its key in the declared module that it is a part of; null where it is none of any.</summary>
    string? Key { get; set; }
}
