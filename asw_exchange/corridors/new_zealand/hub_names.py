"""Names of the ePhyto hub: namespaces, operations, types of certificate (WSDL of the hub)."""

from __future__ import annotations

SERVICE = "http://ephyto.ippc.int/"
"""Target namespace of the hub's operations."""
ENTITIES = "http://ephyto.ippc.int/HUB.Entities"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
"""SOAP 1.1."""

PHYTOSANITARY = "new-zealand/phytosanitary-certificate"
RE_EXPORT = "new-zealand/re-export-certificate"
SANITARY = "new-zealand/sanitary-certificate"
VETERINARY = "new-zealand/veterinary-certificate"
SPS_ACKNOWLEDGEMENT = "new-zealand/sps-acknowledgement"
CERTIFICATE_AANZ = "new-zealand/certificate-aanz"
DECLARATION = "new-zealand/export-declaration"
ENVELOPE_HEADER = "new-zealand/envelope-header"

TYPES = {
    PHYTOSANITARY: 851,
    RE_EXPORT: 657,
    SANITARY: 852,
    VETERINARY: 853,
    CERTIFICATE_AANZ: 861,
    DECLARATION: 830,
}
"""Kind to CertificateType (UNTDID 1001). That the hub carries 861 and 830 too is *modelled*."""
KINDS = {number: kind for kind, number in TYPES.items()}
ISSUED = 70
"""CertificateStatus of kinds that have no status of their own (UNTDID 4405)."""
