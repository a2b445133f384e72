package org.dyntrace.jmc.tab;

import java.util.Locale;
import org.eclipse.jface.resource.ImageDescriptor;
import org.eclipse.jface.resource.ResourceManager;
import org.eclipse.swt.graphics.Image;

/** The plug-in's icons; JFace finds the one of twice the size beside each. */
public enum Icon {
    /** Of dyntrace itself. */
    DYNTRACE,
    /** A tracepoint that is hit. */
    ENABLED,
    /** One that is not. */
    DISABLED,
    /** One whose module is not there yet. */
    WAITING,
    /** A native program. */
    NATIVE,
    /** A JVM. */
    JVM,
    /** A recording. */
    RECORDING,
    /** The large one of a wizard. */
    WIZARD;

    /**
     * Makes the image.
     *
     * @param images disposes of it
     * @return the image
     */
    public Image of(ResourceManager images) {
        return images.create(descriptor());
    }

    /** {@return what the image is made from} */
    public ImageDescriptor descriptor() {
        String file = "/icons/" + name().toLowerCase(Locale.ROOT) + ".png";
        return ImageDescriptor.createFromURL(Icon.class.getResource(file));
    }
}
